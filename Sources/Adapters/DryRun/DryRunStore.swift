package import Core

/// A bucket that can be read and not written: what would change it throws `requestRefused`, and nothing is sent.
///
/// Workers in a dry run do not get so far; this makes sure of it.
package struct DryRunStore: ObjectStore {
    private let base: any ObjectStore

    /// The same bucket, read only.
    package init(_ base: any ObjectStore) { self.base = base }

    package var bucket: String { base.bucket }
    package var listsFromAnyKey: Bool { base.listsFromAnyKey }
    package var checksAbsence: Bool { base.checksAbsence }

    package func list(_ request: ListingRequest) async throws -> ListingPage { try await base.list(request) }
    package func head(_ key: ObjectKey) async throws -> ObjectSummary? { try await base.head(key) }
    package func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? {
        try await base.read(key, limit: limit)
    }
    package func open(_ key: ObjectKey) async throws -> ObjectStream? { try await base.open(key) }
    package func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
        try await base.presignedURL(of: key, lifetime: lifetime)
    }
    package func pendingUploads(
        prefix: String, after last: PendingUpload?, limit: Int
    ) async throws -> [PendingUpload] {
        try await base.pendingUploads(prefix: prefix, after: last, limit: limit)
    }

    package func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        throw refusal("PutObject", key)
    }
    package func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary {
        throw refusal("PutObject", key)
    }
    package func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
        throw refusal("CopyObject", target)
    }
    package func abortUpload(_ id: String, of key: ObjectKey) async throws {
        throw refusal("AbortMultipartUpload", key)
    }
    package func delete(_ key: ObjectKey) async throws { throw refusal("DeleteObject", key) }

    private func refusal(_ operation: String, _ key: ObjectKey) -> StoreError {
        StoreError(
            .requestRefused, "DRY_RUN is on, so nothing is written to \(bucket): unset it to write.",
            operation: operation, bucket: bucket, key: key)
    }
}
