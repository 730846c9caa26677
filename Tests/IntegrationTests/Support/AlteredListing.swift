import Core

/// A store that lists in another way than the one behind it.
struct AlteredListing: ObjectStore {
    private let base: any ObjectStore
    let listsFromAnyKey: Bool
    private let answer: @Sendable (ListingRequest) async throws -> ListingPage
    var bucket: String { base.bucket }
    var checksAbsence: Bool { base.checksAbsence }

    /// Lists as the store behind it unless `answer` is given.
    init(
        _ base: any ObjectStore, listsFromAnyKey: Bool,
        answer: (@Sendable (ListingRequest) async throws -> ListingPage)? = nil
    ) {
        self.base = base
        self.listsFromAnyKey = listsFromAnyKey
        self.answer = answer ?? { try await base.list($0) }
    }

    func list(_ request: ListingRequest) async throws -> ListingPage { try await answer(request) }
    func head(_ key: ObjectKey) async throws -> ObjectSummary? { try await base.head(key) }
    func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? { try await base.read(key, limit: limit) }
    func open(_ key: ObjectKey) async throws -> ObjectStream? { try await base.open(key) }
    func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        try await base.put(key, bytes, options)
    }
    func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary {
        try await base.put(key, from: source, options, transfer)
    }
    func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
        try await base.copy(key, to: target, options)
    }
    func pendingUploads(prefix: String, after last: PendingUpload?, limit: Int) async throws -> [PendingUpload] {
        try await base.pendingUploads(prefix: prefix, after: last, limit: limit)
    }
    func abortUpload(_ id: String, of key: ObjectKey) async throws { try await base.abortUpload(id, of: key) }
    func delete(_ key: ObjectKey) async throws { try await base.delete(key) }
    func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
        try await base.presignedURL(of: key, lifetime: lifetime)
    }
}
