import Core

/// Lists a bucket from some key on, in slices of whole pages, checking every page.
actor SliceLister {
    private let store: any ObjectStore
    private let caches: any CacheStore
    private let prefix: String
    private let cachePrefixLength: Int
    private let sliceSize: Int
    private var position: ListingPosition?
    private var check: ListingCheck

    /// Lists the objects of a cache with the prefix `cachePrefix` whose filenames start with `prefix` and lie behind
    /// `after`; each slice has about `sliceSize` of them.
    init(
        store: any ObjectStore, caches: any CacheStore, cachePrefix: String, prefix: String, after: ObjectKey?,
        sliceSize: Int
    ) {
        self.store = store
        self.caches = caches
        self.prefix = cachePrefix + prefix
        self.cachePrefixLength = cachePrefix.utf8.count
        self.sliceSize = sliceSize
        let after = after.map { ObjectKey(cachePrefix + $0.string) }
        self.position = after.map(ListingPosition.after) ?? .start
        self.check = ListingCheck(bucket: store.bucket, prefix: cachePrefix + prefix, after: after)
    }

    /// The next slice; nil when the last one has been given. Throws what the store throws: then the slice does not exist.
    func next() async throws -> ListedSlice? {
        guard var from = position else { return nil }
        // Before the first page is asked for: whatever is written to the cache from here on is newer than the pages.
        let fence = try await caches.fence()
        var slice = ListedSlice(objects: [], upto: nil, fence: fence, pages: 0, unlistable: 0)
        while true {
            try Task.checkCancellation()
            let wanted = max(sliceSize - slice.objects.count, 1)
            var page = try await store.list(ListingRequest(prefix: prefix, position: from, limit: wanted))
            try check.accept(page)
            // The folder marker: an object named as the cache's prefix, which leaves nothing for a filename.
            if page.objects.first?.key.length == cachePrefixLength { page.objects.removeFirst() }
            if slice.objects.isEmpty {
                slice.objects = page.objects
            } else {
                slice.objects.append(contentsOf: page.objects)
            }
            slice.pages += 1
            slice.unlistable += page.unlistable
            position = page.next
            guard let next = page.next else { return slice }
            if slice.objects.count >= sliceSize {
                slice.upto = slice.objects.last?.key
                return slice
            }
            from = next
        }
    }
}
