/// A rebuild's running totals; kept with its checkpoint, so that a resumed rebuild counts on.
public struct RebuildCounters: Hashable, Sendable, Codable {
    /// Objects listed.
    public var listed = 0
    /// Objects without a row.
    public var added = 0
    /// Rows that said something else.
    public var updated = 0
    /// Rows without an object.
    public var removed = 0
    /// Rows that agreed.
    public var unchanged = 0
    /// Pages listed.
    public var pages = 0
    /// Names that cannot be keys.
    public var unlistable = 0
    /// Rows in state present.
    public var presentRows = 0
    /// Removed rows that were in state present.
    public var presentRemoved = 0
    /// Time spent in earlier attempts and this one, in seconds.
    public var seconds = 0.0

    /// All zero.
    public init() {}

    /// Missing counters are zero: a fresh rebuild has none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys) throws -> Int { try values.decodeIfPresent(Int.self, forKey: key) ?? 0 }
        listed = try count(.listed)
        added = try count(.added)
        updated = try count(.updated)
        removed = try count(.removed)
        unchanged = try count(.unchanged)
        pages = try count(.pages)
        unlistable = try count(.unlistable)
        presentRows = try count(.presentRows)
        presentRemoved = try count(.presentRemoved)
        seconds = try values.decodeIfPresent(Double.self, forKey: .seconds) ?? 0
    }

    /// Adds what one slice brought.
    public mutating func add(_ slice: ListedSlice, _ difference: CacheDiff) {
        listed += slice.objects.count
        pages += slice.pages
        unlistable += slice.unlistable
        added += difference.added
        updated += difference.updated
        removed += difference.removed.count
        unchanged += difference.unchanged
        presentRows += difference.presentRows
        presentRemoved += difference.presentRemoved
    }
}

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
    /// Names in the embedded store that cannot be keys; left out where there are none.
    public var unlistable: Int?

    /// The final totals.
    public init(_ counters: RebuildCounters) {
        listed = counters.listed
        added = counters.added
        updated = counters.updated
        removed = counters.removed
        unchanged = counters.unchanged
        pages = counters.pages
        seconds = (counters.seconds * 1000).rounded() / 1000
        unlistable = counters.unlistable == 0 ? nil : counters.unlistable
    }
}
