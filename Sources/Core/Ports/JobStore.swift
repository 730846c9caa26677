/// The queue, as one worker process sees it. Implementation: PostgreSQL.
///
/// Every call may throw because the store cannot be reached; then nothing is known to have happened, and a claim that
/// was made all the same is given back by the worker's next call of `claim`, or when its lease ends.
public protocol JobStore: Sendable {
    /// Announces this process; gives its identity for the calls below.
    func register(_ announcement: WorkerAnnouncement) async throws -> WorkerID

    /// A sign of life, and what came back: the ids of the jobs that this worker is to stop, because they are to be
    /// cancelled, or because those of `running`, which it runs, are not its own any more. Throws `WorkerGivenUp` if the
    /// process was away for too long: then all its claims are void.
    func heartbeat(_ worker: WorkerID, draining: Bool, running: [Int64]) async throws -> [Int64]

    /// Leaves; jobs not ended are handed back without spending an attempt.
    func unregister(_ worker: WorkerID) async throws

    /// At most `limit` jobs to run now, the most urgent first. With `park`, an empty answer also means that enqueueing
    /// rings the doorbell from now on. Throws `WorkerGivenUp` as `heartbeat` does.
    ///
    /// At most `longLimit` of them are long ones, such as rebuilds. `running` are the ids of the jobs that this worker runs:
    /// any other that it holds, because an answer or a report was lost with a connection, counts as a failed attempt. Nil
    /// leaves those alone.
    func claim(for worker: WorkerID, limit: Int, longLimit: Int, park: Bool, running: [Int64]?) async throws -> [Job]

    /// How long it is until `claim` should be asked because of a job that waits now, for a retry say; nil if none waits, zero
    /// or less if one is due.
    func nextDue() async throws -> Duration?

    /// Ends a job well. False if its claim was void: nothing was written.
    func complete(_ job: Job, result: some Encodable & Sendable) async throws -> Bool

    /// An attempt failed; the store decides whether and when there is another. False if the claim was void.
    func fail(_ job: Job, _ failure: JobFailure) async throws -> Bool

    /// The job was stopped because it was to be cancelled. False if the claim was void, or nobody had asked for it.
    func cancel(_ job: Job) async throws -> Bool

    /// Forgets at most `limit` jobs that ended longer ago than `age`, from `place` on: nil, or what the last call gave.
    func pruneHistory(olderThan age: Duration, limit: Int, from place: PruningPlace?) async throws -> Pruned

    /// Deletes at most `limit` rows of what rebuilds that have ended, or begin anew, had found and not applied, from
    /// `place` on.
    func pruneListings(limit: Int, from place: PruningPlace?) async throws -> Pruned

    /// Forgets at most `limit` deletions that no rebuild and no event needs to know of any more, from `place` on.
    func pruneTombstones(limit: Int, from place: PruningPlace?) async throws -> Pruned

    /// Forgets at most `limit` failed URLs that nobody has asked for in a month, from `place` on.
    func pruneFetchFailures(limit: Int, from place: PruningPlace?) async throws -> Pruned

    /// Forgets at most `limit` results of reads that are kept no longer, from `place` on.
    func pruneContent(limit: Int, from place: PruningPlace?) async throws -> Pruned

    /// Whether this worker hears hints from now on: of those that do, one acts on them.
    func setListening(_ worker: WorkerID, _ listens: Bool) async throws

    /// Acts on notifications that were heard, at most 10,000; `dropped` more were not kept. Gives how many of all were ignored.
    func take(_ hints: [String], dropped: Int, by worker: WorkerID) async throws -> Int

    /// How far the job is, in its own items; `total` nil if nobody knows. Throws `ClaimLost`.
    func report(_ job: Job, done: Int, total: Int?) async throws
}

extension JobStore {
    /// Jobs of any length. Throws what `claim` throws.
    public func claim(for worker: WorkerID, limit: Int, park: Bool, running: [Int64]?) async throws -> [Job] {
        try await claim(for: worker, limit: limit, longLimit: limit, park: park, running: running)
    }
}

/// A worker process's identity; never used twice.
public struct WorkerID: RawRepresentable, Hashable, Sendable {
    /// The id in `s3cache.workers`.
    public var rawValue: Int64
    /// An identity that the store gave.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What a worker process says of itself.
public struct WorkerAnnouncement: Hashable, Sendable {
    /// Its name in `s3cache.workers`.
    public var name: String
    /// The machine.
    public var host: String
    /// The process id there.
    public var processID: Int32
    /// The program's version.
    public var version: String
    /// Without a heartbeat for this long it counts as dead.
    public var lease: Duration
    /// How long a write that it sends to a bucket may take, besides what its size adds.
    public var writeTimeout: Duration
    /// Settings of its own environment, by name, that apply in SQL where a cache has none: never a secret.
    public var defaults: [String: String]
    /// Whether it gets the jobs that are pinned to it and no others.
    public var runsPinnedOnly: Bool

    /// All of it.
    public init(
        name: String, host: String, processID: Int32, version: String, lease: Duration,
        writeTimeout: Duration = .seconds(60), defaults: [String: String] = [:], runsPinnedOnly: Bool = false
    ) {
        self.name = name
        self.host = host
        self.processID = processID
        self.version = version
        self.lease = lease
        self.writeTimeout = writeTimeout
        self.defaults = defaults
        self.runsPinnedOnly = runsPinnedOnly
    }
}

/// The store has given this worker process up: it must register anew, and none of its claims holds.
public struct WorkerGivenUp: Error, Sendable, CustomStringConvertible {
    /// Thrown by the job store.
    public init() {}
    /// A sentence for logs.
    public var description: String { "This worker was away for longer than its lease and was given up." }
}
