import Core
import TestSupport

/// A queue whose first claims fail, whose heartbeats can be held up or stop jobs, and that counts how often it is asked what is due next.
struct FailingJobs: JobStore {
    /// What a claim fails with.
    struct Away: Error {}

    let base: any JobStore
    let failures: Shared<Int>
    let asked = Shared(0)
    /// Awaited before each heartbeat; it need not heed that its task is cancelled.
    var onHeartbeat: @Sendable () async -> Void = {}
    /// Which of the running jobs heartbeats say are unwanted, besides those that are.
    var unwanted: @Sendable (_ running: [Int64]) -> [Int64] = { _ in [] }

    /// So many claims fail.
    init(_ base: any JobStore, failures: Int = 0) {
        self.base = base
        self.failures = Shared(failures)
    }

    func claim(for worker: WorkerID, limit: Int, longLimit: Int, park: Bool, running: [Int64]?) async throws -> [Job] {
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw Away() }
        return try await base.claim(for: worker, limit: limit, longLimit: longLimit, park: park, running: running)
    }

    func nextDue() async throws -> Duration? {
        asked.withLock { $0 += 1 }
        return try await base.nextDue()
    }

    func register(_ announcement: WorkerAnnouncement) async throws -> WorkerID { try await base.register(announcement) }

    func heartbeat(_ worker: WorkerID, draining: Bool, running: [Int64]) async throws -> [Int64] {
        await onHeartbeat()
        return try await base.heartbeat(worker, draining: draining, running: running) + unwanted(running)
    }

    func unregister(_ worker: WorkerID) async throws { try await base.unregister(worker) }

    func complete(_ job: Job, result: some Encodable & Sendable) async throws -> Bool {
        try await base.complete(job, result: result)
    }

    func fail(_ job: Job, _ failure: JobFailure) async throws -> Bool { try await base.fail(job, failure) }

    func cancel(_ job: Job) async throws -> Bool { try await base.cancel(job) }

    func pruneHistory(olderThan age: Duration, limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await base.pruneHistory(olderThan: age, limit: limit, from: place)
    }

    func pruneListings(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await base.pruneListings(limit: limit, from: place)
    }

    func pruneTombstones(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await base.pruneTombstones(limit: limit, from: place)
    }

    func pruneFetchFailures(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await base.pruneFetchFailures(limit: limit, from: place)
    }

    func pruneContent(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await base.pruneContent(limit: limit, from: place)
    }

    func setListening(_ worker: WorkerID, _ listens: Bool) async throws { try await base.setListening(worker, listens) }

    func take(_ hints: [String], dropped: Int, by worker: WorkerID) async throws -> Int {
        try await base.take(hints, dropped: dropped, by: worker)
    }

    func report(_ job: Job, done: Int, total: Int?) async throws {
        try await base.report(job, done: done, total: total)
    }
}
