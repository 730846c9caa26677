/// What a rebuild is to do, and how far an earlier attempt of the same job got.
public struct RebuildPlan: Hashable, Sendable {
    /// The cache's id.
    public var cacheID: Int32
    /// Only filenames that start with this.
    public var prefix: String
    /// Find the differences, write none.
    public var isDryRun: Bool
    /// Remove also more than `maxDeleteFraction` of the rows.
    public var isForced: Bool
    /// The largest part of the present rows that may be removed without force.
    public var maxDeleteFraction: Double
    /// The number of the next slice to compare.
    public var nextSlice: Int32
    /// The last filename compared; nil before the first slice.
    public var upto: ObjectKey?
    /// The listing had reached its end; only applying is left.
    public var hasListedAll: Bool
    /// The target was empty when the rebuild began: rows may be written at once.
    public var isDirect: Bool
    /// The running totals so far.
    public var counters: RebuildCounters
    /// About how many objects to expect; nil if nobody knows.
    public var expected: Int?

    /// A plan as the cache store gave it.
    public init(
        cacheID: Int32, prefix: String, isDryRun: Bool, isForced: Bool, maxDeleteFraction: Double, nextSlice: Int32,
        upto: ObjectKey?, hasListedAll: Bool, isDirect: Bool, counters: RebuildCounters, expected: Int?
    ) {
        self.cacheID = cacheID
        self.prefix = prefix
        self.isDryRun = isDryRun
        self.isForced = isForced
        self.maxDeleteFraction = maxDeleteFraction
        self.nextSlice = nextSlice
        self.upto = upto
        self.hasListedAll = hasListedAll
        self.isDirect = isDirect
        self.counters = counters
        self.expected = expected
    }
}
