/// One bucket, wherever it is. Implementations: a local directory, memory, S3.
///
/// The contract that the conformance suite checks:
/// - Keys are bytes of UTF-8; order is by bytes. Keys that differ only in normalisation or case are different objects.
/// - `a`, `a/`, `a/b`, `a//b` and `../a` are five ordinary keys that can exist together.
/// - A write is atomic: readers see the old object or the new one, never a part; after it returns, every read and every
///   listing that starts later shows it.
/// - Reads of what is not there give nil; every other failure throws `StoreError`, never an empty result.
/// - Cancelling the task ends a call soon, with `CancellationError`.
public protocol ObjectStore: Sendable {
    /// The bucket's name, or the directory's path: for messages.
    var bucket: String { get }

    /// Whether a listing may begin behind any key, existing or not, and many may be under way at once. Otherwise it is
    /// cheapest, or only possible, to list page after page.
    var listsFromAnyKey: Bool { get }

    /// One page of the bucket's keys in byte order, at most `request.limit` of them.
    ///
    /// A page reflects the bucket at some moment after the call began. It is empty only where nothing follows. Throws
    /// `malformedListing` for a limit below 1 and for a continuation token that the store did not give.
    func list(_ request: ListingRequest) async throws -> ListingPage

    /// What is known of one object; nil if it does not exist.
    func head(_ key: ObjectKey) async throws -> ObjectSummary?

    /// The whole object; nil if it does not exist. Throws `tooLarge` instead of taking more than `limit` bytes into memory,
    /// before they are read where the size is announced.
    func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents?

    /// The object, to be read chunk by chunk; nil if it does not exist. What was replaced meanwhile is read to its end or
    /// fails, but is never mixed with what replaced it.
    func open(_ key: ObjectKey) async throws -> ObjectStream?

    /// Stores `bytes` under `key`, replacing what was there, and returns once they are safe: a store that can compare a
    /// checksum has done so.
    ///
    /// The summary says what a listing will say; its `lastModified` may be known to the second only. Throws `alreadyExists`
    /// where `options.ifAbsent` does not hold.
    @discardableResult
    func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary

    /// What a HEAD says of an object that a `put` has just stored, nil if it is not there; without a request where the store
    /// knows that.
    func settled(_ stored: ObjectSummary) async throws -> ObjectSummary?

    /// Whether `PutOptions.ifAbsent` holds against everybody who writes. Otherwise the store looks before it writes, and
    /// what comes there in between is replaced: whoever needs more holds a lock of their own.
    var checksAbsence: Bool { get }

    /// Stores what `source` gives under `key`, as `put` of bytes does, without ever having all of it in memory.
    ///
    /// Where the store has uploads in parts, what is larger than `transfer.threshold` goes in parts, several at a time, and an
    /// upload that was broken off goes on by `transfer.resume`. An upload that fails is aborted, unless it may be tried again
    /// and `transfer.save` is there. A cancelled one may be left over where nothing is saved: `abortUploads` removes it.
    ///
    /// Throws `checksumMismatch` where the bytes are not those of `options.sha256` or `transfer.digests`, and what the source
    /// and `transfer.save` throw.
    @discardableResult
    func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary

    /// Copies an object to another key of the bucket within the store, with all that is kept beside its bytes but its ACL.
    ///
    /// Throws `noSuchKey` where there is none, `preconditionFailed` and `alreadyExists` as the options ask. An object is its
    /// own copy already: nothing happens then.
    @discardableResult
    func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary

    /// Uploads in parts, of keys that begin with `prefix`, that are neither completed nor aborted: at most `limit` of those that
    /// come after `last` in the order of keys, none where nothing follows. `last` need not be there any more. Stores
    /// without such uploads have none.
    func pendingUploads(prefix: String, after last: PendingUpload?, limit: Int) async throws -> [PendingUpload]

    /// Ends an upload in parts, and frees what it has stored; succeeds also where the store does not know it.
    func abortUpload(_ id: String, of key: ObjectKey) async throws

    /// Removes the object; succeeds also if it did not exist.
    func delete(_ key: ObjectKey) async throws

    /// A URL with which anyone can read the object for so many seconds, or for less where the credentials end sooner. The
    /// object is not asked for: it need not exist.
    ///
    /// Throws `requestRefused` for a lifetime outside `PresignedURL.lifetimes`.
    func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL
}

extension ObjectStore {
    /// Asks.
    public func settled(_ stored: ObjectSummary) async throws -> ObjectSummary? { try await head(stored.key) }

    /// The object's bytes; nil if it does not exist. Throws what `read` throws.
    public func get(_ key: ObjectKey, limit: Int) async throws -> [UInt8]? {
        try await read(key, limit: limit)?.bytes
    }

    /// Stores `bytes` under `key` without anything beside them. Throws what `put` throws.
    @discardableResult
    public func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws -> ObjectSummary {
        try await put(key, bytes, PutOptions())
    }
}
