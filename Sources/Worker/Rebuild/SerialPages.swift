import Core

/// Lists page after page, by the source's own continuation where it gives one.
struct SerialPages: PageSource {
    /// Gives a page: of a bucket, or of an inventory.
    typealias List = @Sendable (ListingRequest) async throws -> ListingPage

    /// Asks for pages.
    struct Fetcher: PageFetcher {
        let list: List

        func fetch(_ request: ListingRequest) async throws -> ListingPage { try await list(request) }
    }

    let fetcher: Fetcher
    private let bucket: String
    private let prefix: String
    private let limit: Int
    private var left: ArraySlice<KeyInterval>
    private var position: ListingPosition?
    private var isUnderWay = false
    private var check: ListingCheck

    /// Lists these stretches of the keys that start with `prefix`, `limit` keys a page.
    init(bucket: String, prefix: String, intervals: [KeyInterval], limit: Int, list: @escaping List) {
        fetcher = Fetcher(list: list)
        self.bucket = bucket
        self.prefix = prefix
        self.limit = limit
        left = intervals[...]
        check = ListingCheck(bucket: bucket, prefix: prefix, after: intervals.first?.after)
    }

    mutating func next(isAhead: Bool) -> ListingRequest? {
        guard !isUnderWay, let interval = left.first else { return nil }
        isUnderWay = true
        let start = interval.after.map(ListingPosition.after) ?? .start
        return ListingRequest(prefix: prefix, position: position ?? start, limit: limit)
    }

    mutating func take(_ page: ListingPage) throws -> Taken? {
        guard let interval = left.first else { return nil }
        isUnderWay = false
        try check.accept(page)
        var objects = page.objects
        var covered = interval
        if let next = page.next, let last = objects.last?.key, interval.upto.map({ last < $0 }) ?? true {
            covered.upto = last
            position = next
            left[left.startIndex].after = last
        } else {
            if let upto = interval.upto { objects.removeAll { $0.key > upto } }
            position = nil
            left.removeFirst()
            check = ListingCheck(bucket: bucket, prefix: prefix, after: left.first?.after)
        }
        var counters = RebuildCounters()
        counters.pages = 1
        counters.ranges = interval == covered ? 1 : 0
        counters.retries = page.retries
        counters.unlistable = page.unlistable
        return Taken(objects: objects, covered: covered, counters: counters)
    }
}
