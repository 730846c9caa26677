/// What a rebuild has found so far. The cache store keeps the totals; slices add to them.
public struct RebuildCounters: Hashable, Sendable {
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
    /// Pages listed, wasted ones included.
    public var pages = 0
    /// Pages that brought nothing: guesses at where keys might be.
    public var wastedPages = 0
    /// Ranges of keys that were listed.
    public var ranges = 0
    /// Requests that were made again, or a second time beside one that took too long.
    public var retries = 0
    /// Names that cannot be keys.
    public var unlistable = 0
    /// Rows in state present.
    public var presentRows = 0
    /// Removed rows that were in state present.
    public var presentRemoved = 0

    /// All zero.
    public init() {}

    /// In the order in which they stand above; missing ones are zero.
    public init(_ numbers: [Int64]) {
        for (field, number) in zip(Self.fields, numbers) { self[keyPath: field] = Int(number) }
    }

    /// In the order in which they stand above.
    public var numbers: [Int64] { Self.fields.map { Int64(self[keyPath: $0]) } }

    /// Adds others.
    public mutating func add(_ other: RebuildCounters) {
        for field in Self.fields { self[keyPath: field] += other[keyPath: field] }
    }

    /// Adds what a comparison found.
    public mutating func add(_ difference: CacheDiff) {
        added += difference.added
        updated += difference.updated
        removed += difference.removed.count
        unchanged += difference.unchanged
        presentRows += difference.presentRows
        presentRemoved += difference.presentRemoved
    }

    private static var fields: [WritableKeyPath<RebuildCounters, Int>] {
        [
            \.listed, \.added, \.updated, \.removed, \.unchanged, \.pages, \.wastedPages, \.ranges, \.retries,
            \.unlistable, \.presentRows, \.presentRemoved,
        ]
    }
}
