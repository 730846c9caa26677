/// The caches: what is known of buckets. Implementation: PostgreSQL.
///
/// Calls that take a `Job` write only if its claim holds, and throw `ClaimLost` otherwise.
public protocol CacheStore: Sendable {
    /// The settings of a cache as they apply now.
    func configuration(of cache: String) async throws -> CacheConfiguration

    /// Marks this moment: rows written later are newer than whatever is read from the bucket after it.
    func fence() async throws -> Fence

    /// What a rebuild is to do, for the job that runs it or helps it. Throws `RebuildGone` to a helper whose rebuild has
    /// ended.
    func rebuildPlan(for job: Job) async throws -> RebuildPlan

    /// Makes a rebuild a dry run, whatever it was asked to be; its result will say so.
    func makeDryRun(_ job: Job) async throws

    /// What is left to list of the job's part: filenames, in order. Throws `RebuildGone` as `rebuildPlan` does.
    func rangesToList(for job: Job) async throws -> [KeyInterval]

    /// The rows of parts of the cache, `limit` of them at most. `asOf` is the time that they are compared as of, nil for
    /// now.
    func rows(of cacheID: Int32, in ranges: [KeyRange], asOf: Timestamp?, limit: Int) async throws -> CachedRows

    /// Stages differences of a slice that is not compared to its end; they count when `keep` has kept it.
    func stage(
        _ difference: CacheDiff, prefixLength: Int, ofSlice number: Int32, for job: Job, of plan: RebuildPlan
    ) async throws

    /// Keeps a compared slice: its differences are staged with the checkpoint in one transaction or, where the target
    /// was empty and `slice.isDirect`, written at once.
    func keep(_ slice: ComparedSlice, for job: Job, of plan: RebuildPlan) async throws -> KeptSlice

    /// Gives ranges of filenames that the job has left to list to another job that waits for some; false, and nothing was
    /// given, if none waits any more.
    func handOver(_ ranges: [KeyInterval], for job: Job) async throws -> Bool

    /// To be asked when nothing is left to list of the job's part.
    func askForRanges(for job: Job) async throws -> RangesAnswer

    /// Asks other workers to help the job to list; gives how many were asked.
    func inviteHelpers(for job: Job) async throws -> Int

    /// Tells the rebuild that a helper has seen its bucket not list from any key on: what was found so far does not count.
    func distrustListing(of job: Job) async throws

    /// Notes that the bucket lists from any key on, as the job that runs a rebuild has made sure of: for its later attempts. What
    /// a helper says of it counts for nothing.
    func trustListing(of job: Job) async throws

    /// Forgets what was listed, to begin anew and page after page.
    func beginSerialListing(for job: Job) async throws

    /// What all workers have found, when everything has been listed.
    func totals(of job: Job) async throws -> RebuildTotals

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

/// What there is to list for a job that has listed all it had.
public enum RangesAnswer: String, Hashable, Sendable {
    /// There is more, in `rangesToList`.
    case given
    /// Others are asked for some of theirs: ask again soon.
    case wait
    /// Everything has been listed.
    case listed
}

/// Thrown to a helper: the rebuild that it helped has ended, or begun anew. Nothing was written.
public struct RebuildGone: Error, Hashable, Sendable {
    /// The rebuild is gone.
    public init() {}
}

/// A moment between transactions, as the database sees it. Opaque.
public struct Fence: Hashable, Sendable {
    /// PostgreSQL: a `pg_snapshot` as text.
    public var rawValue: String
    /// A fence that the store gave.
    public init(rawValue: String) { self.rawValue = rawValue }
}
