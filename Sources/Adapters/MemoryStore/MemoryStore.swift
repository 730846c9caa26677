public import Core
internal import SigV4
import Synchronization

/// A bucket in memory: for tests, for benchmarks, and as the plainest statement of what a store does.
///
/// It keeps its rows sorted: a page costs a binary search and the copying of its rows, a write of a new key the
/// moving of all rows after it.
public final class MemoryStore: ObjectStore {
    /// The bucket's name.
    public let bucket: String
    /// As it was told.
    public let listsFromAnyKey: Bool
    private let pageLimit: Int
    private let now: @Sendable () -> Timestamp
    private let objects: Mutex<MemoryObjects>

    /// An empty bucket.
    ///
    /// - Parameters:
    ///   - bucket: its name, for messages.
    ///   - pageLimit: the most keys on one page, whatever is asked for.
    ///   - listsFromAnyKey: whether many pages may be asked for at once.
    ///   - now: the clock that `lastModified` is taken from.
    public init(
        bucket: String = "memory", pageLimit: Int = 20_000, listsFromAnyKey: Bool = false,
        now: @escaping @Sendable () -> Timestamp = MemoryStore.clock
    ) {
        self.bucket = bucket
        self.listsFromAnyKey = listsFromAnyKey
        self.pageLimit = max(1, pageLimit)
        self.now = now
        objects = Mutex(MemoryObjects())
    }

    /// A bucket of rows that are known already; their contents are zeros. For benchmarks: a million rows take no time.
    ///
    /// - Parameter sorted: rows in strictly ascending order of keys.
    /// - Throws: `StoreError` with `malformedListing` if they are not.
    public init(
        sorted rows: [ObjectSummary], bucket: String = "memory", pageLimit: Int = 20_000, listsFromAnyKey: Bool = false,
        now: @escaping @Sendable () -> Timestamp = MemoryStore.clock
    ) throws(StoreError) {
        self.bucket = bucket
        self.listsFromAnyKey = listsFromAnyKey
        self.pageLimit = max(1, pageLimit)
        self.now = now
        guard let objects = MemoryObjects(sorted: rows) else {
            let message = "The rows are not in strictly ascending order of their keys' bytes; sort them first."
            throw StoreError(.malformedListing, message, operation: "ListObjectsV2", bucket: bucket)
        }
        self.objects = Mutex(objects)
    }

    /// One page in byte order.
    ///
    /// - Throws: `malformedListing` for a continuation token, which this store never gives, or a limit below 1.
    public func list(_ request: ListingRequest) async throws -> ListingPage {
        try Task.checkCancellation()
        let after: ObjectKey?
        switch request.position {
        case .start: after = nil
        case .after(let key): after = key
        case .continuation:
            throw error(.malformedListing, "Memory gives no continuation tokens; list after the last key instead.")
        }
        guard request.limit > 0 else {
            throw error(.malformedListing, "A page must hold at least one key; raise its limit.")
        }
        let limit = min(request.limit, pageLimit)
        return objects.withLock { $0.page(prefix: request.prefix, after: after, limit: limit) }
    }

    /// The object's row.
    public func head(_ key: ObjectKey) async throws -> ObjectSummary? {
        try admit(key, "HeadObject")
        return objects.withLock { $0.summary(of: key) }
    }

    /// The object; zeros for a row that was given without bytes.
    public func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? {
        try admit(key, "GetObject")
        guard let (summary, bytes) = objects.withLock({ $0.contents(of: key) }) else { return nil }
        guard summary.size <= limit else {
            let message =
                "The object \(key.quoted) has \(summary.size) bytes, more than the limit of \(limit); raise the limit."
            throw StoreError(.tooLarge, message, operation: "GetObject", bucket: bucket, key: key)
        }
        return ObjectContents(summary: summary, bytes: bytes ?? Array(repeating: 0, count: Int(summary.size)))
    }

    /// The object in one chunk.
    public func open(_ key: ObjectKey) async throws -> ObjectStream? {
        guard let contents = try await read(key, limit: .max) else { return nil }
        let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
            if !contents.bytes.isEmpty { continuation.yield(contents.bytes) }
            continuation.finish()
        }
        return ObjectStream(summary: contents.summary, chunks: chunks)
    }

    /// Stores the object under a new etag; none of the options are kept.
    @discardableResult
    public func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        try admit(key, "PutObject")
        try options.check(bytes, of: key, in: bucket)
        let time = now()
        return objects.withLock { $0.put(key, bytes, at: time) }
    }

    /// Removes the object.
    public func delete(_ key: ObjectKey) async throws {
        try admit(key, "DeleteObject")
        objects.withLock { $0.delete(key) }
    }

    /// A URL that nothing can open: `memory://BUCKET/KEY`, percent-encoded.
    public func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> Core.PresignedURL {
        try admit(key, "GetObject")
        try StoreError.check(lifetime: lifetime, of: key, bucket: bucket)
        let path = PercentEncoding.encode(bucket) + "/" + PercentEncoding.encode(key.string, .path)
        return Core.PresignedURL(text: "memory://" + path, expiresAt: now().advanced(bySeconds: lifetime))
    }

    private func admit(_ key: ObjectKey, _ operation: String) throws {
        try Task.checkCancellation()
        try StoreError.check(key, operation: operation, bucket: bucket)
    }

    private func error(_ code: StoreError.Code, _ message: String) -> StoreError {
        StoreError(code, message, operation: "ListObjectsV2", bucket: bucket)
    }
}
