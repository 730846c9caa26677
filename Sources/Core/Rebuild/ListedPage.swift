/// A page of a bucket's listing that was checked, and the stretch of keys that it tells all about.
public struct ListedPage: Sendable {
    /// Strictly ascending by key bytes; without what is no file of the cache.
    public var objects: [ObjectSummary]
    /// There are no other keys in this stretch than those of `objects`.
    public var covered: KeyInterval
    /// Taken before the page was asked for.
    public var fence: NumberedFence
    /// What the page adds to a rebuild's totals, but for what a comparison tells.
    public var counters: RebuildCounters

    /// A page.
    public init(objects: [ObjectSummary], covered: KeyInterval, fence: NumberedFence, counters: RebuildCounters) {
        self.objects = objects
        self.covered = covered
        self.fence = fence
        self.counters = counters
    }
}

/// A fence, and which of several it is: the smaller number was taken first.
public struct NumberedFence: Hashable, Sendable {
    /// 0, 1, 2, … in the order in which they were taken.
    public var number: Int
    /// The fence.
    public var fence: Fence

    /// One of several fences.
    public init(number: Int, fence: Fence) {
        self.number = number
        self.fence = fence
    }
}
