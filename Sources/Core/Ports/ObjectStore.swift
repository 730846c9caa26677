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

    /// One page of the bucket's keys in byte order, at most `request.limit` of them.
    ///
    /// A page reflects the bucket at some moment after the call began. It is empty only where nothing follows. Throws
    /// `malformedListing` for a limit below 1 and for a continuation token that the store did not give.
    func list(_ request: ListingRequest) async throws -> ListingPage

    /// What is known of one object; nil if it does not exist.
    func head(_ key: ObjectKey) async throws -> ObjectSummary?

    /// The object's bytes; nil if it does not exist. Throws `tooLarge` instead of giving more than `limit` bytes.
    func get(_ key: ObjectKey, limit: Int) async throws -> [UInt8]?

    /// Stores `bytes` under `key`, replacing what was there.
    @discardableResult
    func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws -> ObjectSummary

    /// Removes the object; succeeds also if it did not exist.
    func delete(_ key: ObjectKey) async throws
}
