import Core
import Synchronization

/// A store that lets a test act, or fail, at chosen moments of its listings and HEADs.
final class HookedStore: ObjectStore {
    /// Gets the page's number, counted from 1, and the page; may change or refuse it.
    typealias PageHook = @Sendable (Int, ListingPage) async throws -> ListingPage
    /// Gets the number of the page that is about to be asked for.
    typealias RequestHook = @Sendable (Int, ListingRequest) async throws -> Void
    /// Gets the key of a HEAD.
    typealias HeadHook = @Sendable (ObjectKey) async throws -> Void

    let bucket: String
    var listsFromAnyKey: Bool { base.listsFromAnyKey }
    private let base: any ObjectStore
    private let onRequest: RequestHook
    private let onPage: PageHook
    private let onHead: HeadHook
    private let pages = Mutex(0)

    init(
        _ base: any ObjectStore, onRequest: @escaping RequestHook = { _, _ in },
        onPage: @escaping PageHook = { _, page in page }, onHead: @escaping HeadHook = { _ in }
    ) {
        self.base = base
        self.bucket = base.bucket
        self.onRequest = onRequest
        self.onPage = onPage
        self.onHead = onHead
    }

    func list(_ request: ListingRequest) async throws -> ListingPage {
        let number = pages.withLock { count in
            count += 1
            return count
        }
        try await onRequest(number, request)
        return try await onPage(number, try await base.list(request))
    }

    func head(_ key: ObjectKey) async throws -> ObjectSummary? {
        try await onHead(key)
        return try await base.head(key)
    }

    func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? { try await base.read(key, limit: limit) }

    func open(_ key: ObjectKey) async throws -> ObjectStream? { try await base.open(key) }

    @discardableResult
    func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        try await base.put(key, bytes, options)
    }

    func delete(_ key: ObjectKey) async throws { try await base.delete(key) }

    func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
        try await base.presignedURL(of: key, lifetime: lifetime)
    }
}

extension ObjectStore {
    /// Every object, page after page.
    func everything(prefix: String = "") async throws -> [ObjectSummary] {
        var objects: [ObjectSummary] = []
        var position = ListingPosition.start
        while true {
            let page = try await list(ListingRequest(prefix: prefix, position: position, limit: 20_000))
            objects += page.objects
            guard let next = page.next else { return objects }
            position = next
        }
    }

    /// `key|size|etag` of every object, in byte order: what a cache without prefix is to hold.
    func expectedRows() async throws -> [String] {
        try await everything().map { "\($0.key.string)|\($0.size)|\($0.etag)" }
    }
}

extension Array where Element == ObjectSummary {
    /// Objects with these keys, in byte order.
    static func made(_ keys: [String]) -> [ObjectSummary] {
        keys.map { ObjectKey($0) }.sorted().map {
            ObjectSummary(key: $0, size: 1, etag: "e", lastModified: Timestamp(microseconds: 1_700_000_000_000_000))
        }
    }
}
