/// What a rebuild is to do, as the job that runs it, or one that helps it to list, is told.
public struct RebuildPlan: Hashable, Sendable {
    /// The rebuild: the job itself, or the one that it helps.
    public var rebuildID: Int64
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
    /// Which part of the listing the job holds.
    public var part: Int32
    /// The number of its next slice.
    public var nextSlice: Int32
    /// The time that the job has spent on it, in seconds.
    public var seconds: Double
    /// The target was empty when the rebuild began: rows may be written at once.
    public var isDirect: Bool
    /// The bucket is to be listed page after page.
    public var isSerial: Bool
    /// An earlier attempt has made sure that the bucket lists from any key on.
    public var isTrusted: Bool
    /// About how many objects to expect; nil if nobody knows.
    public var expected: Int?
    /// The time that an inventory is as of: what is known from later is newer. Nil where the bucket itself is listed.
    public var asOf: Timestamp?
    /// How many objects all workers have listed, in earlier attempts too.
    public var listed: Int

    /// Whether rows stay that were not listed: an inventory may have been filtered, which nothing in it tells.
    public var keepsUnlisted: Bool { asOf != nil && !isForced && !isDryRun }

    /// A plan as the cache store gave it.
    public init(
        rebuildID: Int64, cacheID: Int32, prefix: String, isDryRun: Bool, isForced: Bool, maxDeleteFraction: Double,
        part: Int32, nextSlice: Int32, seconds: Double, isDirect: Bool, isSerial: Bool, isTrusted: Bool,
        expected: Int?, asOf: Timestamp?, listed: Int
    ) {
        self.rebuildID = rebuildID
        self.cacheID = cacheID
        self.prefix = prefix
        self.isDryRun = isDryRun
        self.isForced = isForced
        self.maxDeleteFraction = maxDeleteFraction
        self.part = part
        self.nextSlice = nextSlice
        self.seconds = seconds
        self.isDirect = isDirect
        self.isSerial = isSerial
        self.isTrusted = isTrusted
        self.expected = expected
        self.asOf = asOf
        self.listed = listed
    }
}
