import Core
import Synchronization

/// Gives each call to the next of several stores of one bucket, as if several processes used it.
final class AlternatingStore: ObjectStore {
    private let stores: [any ObjectStore]
    private let calls = Mutex(0)

    init(_ stores: [any ObjectStore]) { self.stores = stores }

    var bucket: String { stores[0].bucket }
    var listsFromAnyKey: Bool { stores[0].listsFromAnyKey }
    var checksAbsence: Bool { stores[0].checksAbsence }

    private var next: any ObjectStore {
        calls.withLock { calls in
            calls += 1
            return stores[calls % stores.count]
        }
    }

    func list(_ request: ListingRequest) async throws -> ListingPage { try await next.list(request) }
    func head(_ key: ObjectKey) async throws -> ObjectSummary? { try await next.head(key) }
    func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? { try await next.read(key, limit: limit) }
    func open(_ key: ObjectKey) async throws -> ObjectStream? { try await next.open(key) }
    func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        try await next.put(key, bytes, options)
    }
    func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary {
        try await next.put(key, from: source, options, transfer)
    }
    func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
        try await next.copy(key, to: target, options)
    }
    func pendingUploads(prefix: String, after last: PendingUpload?, limit: Int) async throws -> [PendingUpload] {
        try await next.pendingUploads(prefix: prefix, after: last, limit: limit)
    }
    func abortUpload(_ id: String, of key: ObjectKey) async throws { try await next.abortUpload(id, of: key) }
    func delete(_ key: ObjectKey) async throws { try await next.delete(key) }
    func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
        try await next.presignedURL(of: key, lifetime: lifetime)
    }
}
