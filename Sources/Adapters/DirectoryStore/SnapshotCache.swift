internal import Core
import Synchronization

/// The snapshots of directories that were listed lately, so that a page of a large directory need not read all of it.
///
/// It holds two generations: what is used moves to the young one; when that has reached half the limit it becomes the
/// old one, and what was still in the old one is forgotten.
final class SnapshotCache: Sendable {
    private struct Generations {
        var young: [FileIdentity: DirectorySnapshot] = [:]
        var old: [FileIdentity: DirectorySnapshot] = [:]
        var youngCost = 0
    }

    /// What a snapshot costs beside its names.
    private static let fixedCost = 8

    private let generationLimit: Int
    private let generations = Mutex(Generations())

    /// A cache of at most `limit` names in all; no directory with more than half of that is kept.
    init(limit: Int) { generationLimit = max(0, limit / 2) }

    /// The names in the directory as they are now, or were at some moment after the call began.
    func snapshot(of directory: DirectoryHandle, lock: TreeLock) throws -> DirectorySnapshot {
        let status = try directory.status()
        if let known = generations.withLock({ find(status.identity, in: &$0) }), known.status.hasSameTimes(as: status) {
            return known
        }
        let fresh = try lock.withShared { try DirectorySnapshot(reading: directory) }
        if fresh.isSettled { generations.withLock { keep(fresh, in: &$0) } }
        return fresh
    }

    /// The names kept at the moment.
    var count: Int {
        generations.withLock { generations in
            [generations.young, generations.old].joined().reduce(0) { $0 + $1.value.count }
        }
    }

    private func find(_ identity: FileIdentity, in generations: inout Generations) -> DirectorySnapshot? {
        if let snapshot = generations.young[identity] { return snapshot }
        guard let snapshot = generations.old.removeValue(forKey: identity) else { return nil }
        keep(snapshot, in: &generations)
        return snapshot
    }

    private func keep(_ snapshot: DirectorySnapshot, in generations: inout Generations) {
        let cost = snapshot.count + Self.fixedCost
        guard cost <= generationLimit else { return }
        if let replaced = generations.young.removeValue(forKey: snapshot.status.identity) {
            generations.youngCost -= replaced.count + Self.fixedCost
        }
        if generations.youngCost + cost > generationLimit {
            generations.old = generations.young
            generations.young = [:]
            generations.youngCost = 0
        }
        generations.young[snapshot.status.identity] = snapshot
        generations.youngCost += cost
    }
}
