/// A stretch of a bucket's keys that was listed, page after page, without a gap.
public struct ListedSlice: Sendable {
    /// Strictly ascending by key bytes.
    public var objects: [ObjectSummary]
    /// The last key; nil when the listing ended here.
    public var upto: ObjectKey?
    /// Taken before the first of its pages was asked for.
    public var fence: Fence
    /// How many pages it took.
    public var pages: Int
    /// Names that cannot be keys.
    public var unlistable: Int

    /// A slice.
    public init(objects: [ObjectSummary], upto: ObjectKey?, fence: Fence, pages: Int, unlistable: Int) {
        self.objects = objects
        self.upto = upto
        self.fence = fence
        self.pages = pages
        self.unlistable = unlistable
    }
}

/// A slice that was compared with the cache: what is to be kept of it.
public struct ComparedSlice: Sendable {
    /// 0, 1, 2, … in key order.
    public var number: Int32
    /// Taken before the slice was listed.
    public var fence: Fence
    /// The last filename of the slice; nil when it reached the end.
    public var upto: ObjectKey?
    /// What is to be written and removed.
    public var difference: CacheDiff
    /// How many bytes of the keys in `difference.written` are not part of the filename.
    public var prefixLength: Int
    /// The target was empty and this slice found no row: it may be written at once.
    public var isDirect: Bool
    /// The rebuild's totals after this slice.
    public var counters: RebuildCounters

    /// A compared slice.
    public init(
        number: Int32, fence: Fence, upto: ObjectKey?, difference: CacheDiff, prefixLength: Int, isDirect: Bool,
        counters: RebuildCounters
    ) {
        self.number = number
        self.fence = fence
        self.upto = upto
        self.difference = difference
        self.prefixLength = prefixLength
        self.isDirect = isDirect
        self.counters = counters
    }
}
