/// The caches: what is known of buckets. Implementation: PostgreSQL.
///
/// Calls that take a `Job` write only if its claim holds, and throw `ClaimLost` otherwise.
public protocol CacheStore: Sendable {
    /// The settings of a cache as they apply now.
    func configuration(of cache: String) async throws -> CacheConfiguration

    /// Marks this moment: rows written later are newer than whatever is read from the bucket after it.
    func fence() async throws -> Fence

    /// What a rebuild is to do, and how far an earlier attempt got.
    func rebuildPlan(for job: Job) async throws -> RebuildPlan

    /// The rows of a part of the cache, by filename in byte order.
    func rows(of cacheID: Int32, in range: KeyRange) async throws -> [CachedRow]

    /// Keeps a compared slice: its differences are staged with the checkpoint in one transaction or, where the target
    /// was empty and `slice.isDirect`, written at once. Gives whether they were written directly.
    func keep(_ slice: ComparedSlice, for job: Job, of plan: RebuildPlan) async throws -> Bool

    /// Writes the staged differences of the next slice into the cache, in one transaction.
    func applyNextSlice(for job: Job) async throws -> ApplyOutcome

    /// Ends a dry run's listing: the staged differences become the rows of `s3cache.orphan`.
    func recordOrphans(for job: Job) async throws

    /// Ends a rebuild well and keeps its result.
    func complete(_ job: Job, rebuilt: RebuildResult) async throws

    /// The next filenames that a verify job is to ask for, after the given one.
    func rowsToVerify(for job: Job, after: ObjectKey?, limit: Int) async throws -> [ObjectKey]

    /// Records what the bucket said of rows; those written after `fence` are left alone. False if another session holds
    /// a row for longer than a job may make others wait: nothing was written, try again later.
    func record(_ verified: [VerifiedRow], fence: Fence, for job: Job) async throws -> Bool
}

/// What became of one attempt to apply a slice.
public enum ApplyOutcome: Hashable, Sendable {
    /// A slice was written; there may be more.
    case applied
    /// Another session holds a row for longer than a rebuild may make it wait; try again later.
    case blocked
    /// Nothing is left to apply.
    case finished
}

/// A moment between transactions, as the database sees it. Opaque.
public struct Fence: Hashable, Sendable {
    /// PostgreSQL: a `pg_snapshot` as text.
    public var rawValue: String
    /// A fence that the store gave.
    public init(rawValue: String) { self.rawValue = rawValue }
}
