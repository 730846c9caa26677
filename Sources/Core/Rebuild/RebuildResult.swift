/// What a finished rebuild says in `s3cache.jobs.result`.
public struct RebuildResult: Hashable, Sendable, Codable {
    /// Objects in the bucket, and so rows in state present.
    public var listed: Int
    /// Rows added.
    public var added: Int
    /// Rows brought up to date.
    public var updated: Int
    /// Rows removed.
    public var removed: Int
    /// Rows left alone.
    public var unchanged: Int
    /// Pages listed.
    public var pages: Int
    /// Time spent, earlier attempts included.
    public var seconds: Double
    /// Pages of `pages` that brought nothing: guesses at where keys might be.
    public var wastedPages: Int
    /// Ranges of keys that were listed.
    public var ranges: Int
    /// Requests that were made again, or a second time beside one that took too long.
    public var retries: Int
    /// Workers that listed.
    public var workers: Int
    /// Names in the embedded store that cannot be keys; left out where there are none.
    public var unlistable: Int?

    /// The final totals, and the time spent in seconds.
    public init(_ totals: RebuildTotals, seconds: Double) {
        let counters = totals.counters
        listed = counters.listed
        added = counters.added
        updated = counters.updated
        removed = counters.removed
        unchanged = counters.unchanged
        pages = counters.pages
        self.seconds = (seconds * 1000).rounded() / 1000
        wastedPages = counters.wastedPages
        ranges = counters.ranges
        retries = counters.retries
        workers = totals.workers
        unlistable = counters.unlistable == 0 ? nil : counters.unlistable
    }

    private enum CodingKeys: String, CodingKey {
        case listed, added, updated, removed, unchanged, pages, seconds, ranges, retries, workers, unlistable
        case wastedPages = "wasted_pages"
    }
}

/// What all workers together have found, when everything has been listed.
public struct RebuildTotals: Hashable, Sendable {
    /// The totals.
    public var counters: RebuildCounters
    /// How many workers listed.
    public var workers: Int

    /// The totals of a rebuild.
    public init(counters: RebuildCounters, workers: Int) {
        self.counters = counters
        self.workers = workers
    }
}
