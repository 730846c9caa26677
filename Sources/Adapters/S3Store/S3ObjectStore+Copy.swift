internal import Core
internal import S3

extension S3ObjectStore {
    /// How many parts of a copy are made at a time.
    private static var copiesInFlight: Int { 4 }

    /// Copies within the server: at once up to `options.threshold`, else in parts. The etag of the object at the beginning is
    /// what all of the copy must come from.
    @discardableResult
    func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
        try Task.checkCancellation()
        for key in [key, target] { try StoreError.check(key, operation: "CopyObject", bucket: bucket) }
        let found = try await translating(key, "HeadObject") { try await client.headObject(bucket, key.string) }
        guard let source = found else { throw StoreError.nothingToCopy(key, bucket: bucket) }
        if let etag = options.etag, etag != source.etag { throw StoreError.replaced(key, bucket: bucket) }
        if key == target { return ObjectSummary(key: key, source) }
        if options.ifAbsent { try await checkAbsence(of: target, operation: "CopyObject") }
        var summary = ObjectSummary(key: target, source)
        summary.lastModified = Timestamp(seconds: now(), nanoseconds: 0)
        if source.size <= options.threshold {
            let result = try await copyAtOnce(key, to: target, source, options)
            summary.etag = result.etag
            if let time = result.lastModified { summary.lastModified = Timestamp(microseconds: time) }
        } else {
            summary.etag = try await copyInParts(key, to: target, source, options).etag
        }
        return summary
    }

    private func copyAtOnce(
        _ key: ObjectKey, to target: ObjectKey, _ source: S3ObjectMetadata, _ options: CopyOptions
    ) async throws -> S3CopyResult {
        var sent = S3CopyOptions()
        sent.ifMatch = source.etag.isEmpty ? nil : source.etag
        sent.storageClass = source.storageClass == ObjectSummary.usualStorageClass ? nil : source.storageClass
        sent.acl = options.acl
        sent.encryption = source.encryption
        sent.size = source.size
        let asked = sent
        return try await translating(target) {
            try await client.copyObject(bucket, key.string, to: target.string, options: asked)
        }
    }

    private func copyInParts(
        _ key: ObjectKey, to target: ObjectKey, _ source: S3ObjectMetadata, _ options: CopyOptions
    ) async throws -> S3PutResult {
        let plan = MultipartPlan(size: source.size, atLeast: options.partSize)
        var sent = S3PutOptions(copying: source)
        if sent.storageClass == ObjectSummary.usualStorageClass { sent.storageClass = nil }
        sent.acl = options.acl
        let asked = sent
        let uploadID = try await translating(target) {
            try await client.createMultipartUpload(bucket, target.string, options: asked)
        }
        do {
            return try await translating(target) {
                let parts = try await copyParts(key, to: target, uploadID, plan, etag: source.etag)
                return try await named(
                    client.completeMultipartUpload(bucket, target.string, uploadID, parts), target, parts)
            }
        } catch {
            // What made it fail matters more than what may make this fail too; what is left then, abortUploads finds.
            try? await abortUpload(uploadID, of: target)
            throw error
        }
    }

    private func copyParts(
        _ key: ObjectKey, to target: ObjectKey, _ uploadID: String, _ plan: MultipartPlan, etag: String
    ) async throws -> [S3Part] {
        try await withThrowingTaskGroup(of: S3Part.self) { group in
            var parts: [S3Part] = []
            for number in plan.numbers {
                if number > Self.copiesInFlight, let part = try await group.next() { parts.append(part) }
                group.addTask {
                    try await client.uploadPartCopy(
                        bucket, key.string, to: target.string, uploadID, number: number, range: plan.range(of: number),
                        ifMatch: etag.isEmpty ? nil : etag)
                }
            }
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.number < $1.number }
        }
    }

    /// The result of a completed upload with its etag, also where the server left it out.
    func named(_ result: S3PutResult, _ key: ObjectKey, _ parts: [S3Part]) async throws -> S3PutResult {
        guard result.etag.isEmpty else { return result }
        guard let stored = try await client.headObject(bucket, key.string),
            stored.size == parts.reduce(0, { $0 + $1.size })
        else { throw StoreError.changedBytes(key, bucket: bucket) }
        return S3PutResult(etag: stored.etag, versionID: stored.versionID)
    }
}
