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
        if let known = take(status.identity), known.status.hasSameTimes(as: status) {
            keep(known)
            return known
        }
        let fresh = try lock.withShared { try DirectorySnapshot(reading: directory) }
        if fresh.isSettled { keep(fresh) }
        return fresh
    }

    /// The names kept at the moment.
    var count: Int {
        generations.withLock { generations in
            [generations.young, generations.old].joined().reduce(0) { $0 + $1.value.count }
        }
    }

    private func take(_ identity: FileIdentity) -> DirectorySnapshot? {
        generations.withLock { generations in
            if let snapshot = generations.young.removeValue(forKey: identity) {
                generations.youngCost -= Self.cost(snapshot)
                return snapshot
            }
            return generations.old.removeValue(forKey: identity)
        }
    }

    private func keep(_ snapshot: DirectorySnapshot) {
        let cost = Self.cost(snapshot)
        guard cost <= generationLimit else { return }
        generations.withLock { generations in
            if generations.youngCost + cost > generationLimit {
                generations.old = generations.young
                generations.young = [:]
                generations.youngCost = 0
            }
            // Two calls may have read the same directory.
            if let other = generations.young.updateValue(snapshot, forKey: snapshot.status.identity) {
                generations.youngCost -= Self.cost(other)
            }
            generations.youngCost += cost
        }
    }

    private static func cost(_ snapshot: DirectorySnapshot) -> Int { snapshot.count + fixedCost }
}
