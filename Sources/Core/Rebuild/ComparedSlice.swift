/// Pages that were listed and compared with the cache together: what is to be kept of them.
public struct ComparedSlice: Sendable {
    /// No other slice of the part has it.
    public var number: Int32
    /// Taken before the first of the pages was asked for.
    public var fence: Fence
    /// What was listed and compared: filenames, the cache's prefix left off; disjoint.
    public var covered: [KeyInterval]
    /// What is to be written and removed and was not staged before.
    public var difference: CacheDiff
    /// How many bytes of the keys in `difference.written` are not part of the filename.
    public var prefixLength: Int
    /// The target was empty and no row was found: what is listed may be written at once.
    public var isDirect: Bool
    /// What the slice adds to the totals.
    public var counters: RebuildCounters
    /// The time that the job has spent on the listing so far, in seconds, earlier attempts included.
    public var seconds: Double

    /// A compared slice.
    public init(
        number: Int32, fence: Fence, covered: [KeyInterval], difference: CacheDiff, prefixLength: Int, isDirect: Bool,
        counters: RebuildCounters, seconds: Double
    ) {
        self.number = number
        self.fence = fence
        self.covered = covered
        self.difference = difference
        self.prefixLength = prefixLength
        self.isDirect = isDirect
        self.counters = counters
        self.seconds = seconds
    }
}

/// What the cache store says of a slice that it has kept.
public struct KeptSlice: Hashable, Sendable {
    /// The rows were written into the cache at once.
    public var isWritten: Bool
    /// Another worker has nothing left to list and waits for some of this job's ranges.
    public var isWanted: Bool
    /// How many objects all workers together have listed.
    public var listed: Int

    /// A kept slice.
    public init(isWritten: Bool, isWanted: Bool, listed: Int) {
        self.isWritten = isWritten
        self.isWanted = isWanted
        self.listed = listed
    }
}
