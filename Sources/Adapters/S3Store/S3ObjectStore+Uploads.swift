internal import Core
internal import S3

extension S3ObjectStore {
    func pendingUploads(prefix: String, after last: PendingUpload?, limit: Int) async throws -> [PendingUpload] {
        var uploads: [PendingUpload] = []
        var position = last.map { S3UploadPage.Position(key: $0.key.string, id: $0.id) }
        while uploads.count < limit {
            let wanted = min(1_000, limit - uploads.count)
            let behind = position
            let page = try await translating {
                try await client.listMultipartUploads(bucket, prefix: prefix, after: behind, limit: wanted)
            }
            uploads += page.uploads.map {
                PendingUpload(
                    key: ObjectKey($0.key), id: $0.id, startedAt: Timestamp(microseconds: $0.startedAt))
            }
            guard let next = page.next else { break }
            position = next
        }
        return uploads
    }

    func abortUpload(_ id: String, of key: ObjectKey) async throws {
        try await translating(key, "AbortMultipartUpload") {
            try await client.abortMultipartUpload(bucket, key.string, id)
        }
    }
}
