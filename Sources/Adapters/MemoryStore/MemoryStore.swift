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
    /// Nobody else writes.
    public var checksAbsence: Bool { true }
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
        return try store(key, bytes, ifAbsent: options.ifAbsent, "PutObject")
    }

    /// Stores all that the source gives at once: it has to be in memory anyway.
    @discardableResult
    public func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary {
        try admit(key, "PutObject")
        var bytes: [UInt8] = []
        for step in SourceSteps(0..<source.size) { bytes += try await source.chunk(step) }
        var options = options
        options.sha256 = options.sha256 ?? transfer.digests?.sha256
        return try await put(key, bytes, options)
    }

    /// Stores the same bytes again, under a new etag.
    @discardableResult
    public func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
        try admit(key, "CopyObject")
        try admit(target, "CopyObject")
        guard let source = try await read(key, limit: .max) else { throw StoreError.nothingToCopy(key, bucket: bucket) }
        if let etag = options.etag, etag != source.summary.etag { throw StoreError.replaced(key, bucket: bucket) }
        if key == target { return source.summary }
        return try store(target, source.bytes, ifAbsent: options.ifAbsent, "CopyObject")
    }

    /// None: an upload is there as a whole, or not at all.
    public func pendingUploads(
        prefix: String, after last: PendingUpload?, limit: Int
    ) async throws -> [PendingUpload] { [] }

    /// Does nothing: there are none.
    public func abortUpload(_ id: String, of key: ObjectKey) async throws {}

    private func store(
        _ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool, _ operation: String
    ) throws(StoreError) -> ObjectSummary {
        let time = now()
        let stored = objects.withLock { objects in
            ifAbsent && objects.summary(of: key) != nil ? nil : objects.put(key, bytes, at: time)
        }
        guard let stored else { throw StoreError.alreadyExists(key, operation: operation, bucket: bucket) }
        return stored
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
