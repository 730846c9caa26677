internal import Core
internal import S3

/// Stores one large object in parts, several at a time, and goes on where an earlier attempt was broken off.
struct MultipartUpload {
    let store: S3ObjectStore
    let key: ObjectKey
    let source: any ObjectSource
    let options: PutOptions
    let transfer: TransferOptions
    let digests: SourceDigests

    private var plan: MultipartPlan { digests.plan }
    private var client: S3Client { store.client }
    private var bucket: String { store.bucket }

    /// Returns once the object is there. What fails for good, or is not to be gone on with, is aborted.
    func run() async throws -> S3PutResult {
        var checkpoint: MultipartCheckpoint
        switch try await resumed() {
        case .stored(let result): return result
        case .under(let known): checkpoint = known
        case .none: checkpoint = try await begin()
        }
        do {
            try await transfer.save?(checkpoint)
            try await sendParts(&checkpoint)
            checkpoint.isCompleting = true
            try await transfer.save?(checkpoint)
            return try await complete(checkpoint)
        } catch {
            // What made it fail matters more than what may make this fail too; what is left then, abortUploads finds.
            if isOver(error) { try? await store.abortUpload(checkpoint.uploadID, of: key) }
            throw error
        }
    }

    /// What an earlier attempt has come to.
    private enum Earlier {
        case none
        case under(MultipartCheckpoint)
        case stored(S3PutResult)
    }

    /// Takes of an earlier attempt what the server still has of it.
    private func resumed() async throws -> Earlier {
        guard var checkpoint = transfer.resume else { return .none }
        guard checkpoint.fits(plan, sha256: digests.sha256) else {
            try await store.abortUpload(checkpoint.uploadID, of: key)
            return .none
        }
        return try await store.translating(key, "ListParts") {
            guard let stored = try await storedParts(checkpoint.uploadID) else {
                let isComplete = checkpoint.missing(in: plan).isEmpty
                let made = isComplete ? try await client.completedObject(bucket, key.string, parts(checkpoint)) : nil
                return made.map { .stored($0) } ?? .none
            }
            checkpoint.parts.removeAll { part in
                stored[part.number].map { $0.etag != part.etag || $0.size != size(of: part.number) } ?? true
            }
            checkpoint.isCompleting = false
            return .under(checkpoint)
        }
    }

    /// What the server has of an upload, by number; nil where it does not know it.
    private func storedParts(_ uploadID: String) async throws -> [Int: S3Part]? {
        var stored: [Int: S3Part] = [:]
        var marker = 0
        while true {
            guard let page = try await client.listParts(bucket, key.string, uploadID, after: marker) else { return nil }
            for part in page.parts { stored[part.number] = part }
            guard let next = page.next else { return stored }
            marker = next
        }
    }

    private func begin() async throws -> MultipartCheckpoint {
        // Before anything is sent in vain.
        if options.ifAbsent { try await store.checkAbsence(of: key, operation: "CreateMultipartUpload") }
        try await transfer.begin?()
        let id = try await store.translating(key, "CreateMultipartUpload") {
            try await client.createMultipartUpload(bucket, key.string, options: store.sent(options))
        }
        return MultipartCheckpoint(uploadID: id, plan: plan, sha256: digests.sha256)
    }

    /// Sends what is missing, `partsInFlight` at a time.
    private func sendParts(_ checkpoint: inout MultipartCheckpoint) async throws {
        var missing = checkpoint.missing(in: plan)[...]
        let uploadID = checkpoint.uploadID
        try await withThrowingTaskGroup(of: S3Part.self) { group in
            for number in missing.prefix(max(1, transfer.partsInFlight)) {
                group.addTask { try await send(number, uploadID) }
                missing.removeFirst()
            }
            while let part = try await group.next() {
                checkpoint.add(MultipartCheckpoint.Part(number: part.number, etag: part.etag))
                try await transfer.save?(checkpoint)
                if let number = missing.popFirst() { group.addTask { try await send(number, uploadID) } }
            }
        }
    }

    private func send(_ number: Int, _ uploadID: String) async throws -> S3Part {
        let digest = try digests.digest(ofPart: number, for: key, bucket: bucket)
        return try await store.translating(key, "UploadPart") {
            try await client.uploadPart(
                bucket, key.string, uploadID, number: number, from: S3Source(source: source),
                range: plan.range(of: number), digest: digest)
        }
    }

    private func complete(_ checkpoint: MultipartCheckpoint) async throws -> S3PutResult {
        if options.ifAbsent, !store.checksAbsence {
            try await store.checkAbsence(of: key, operation: "CompleteMultipartUpload")
        }
        let parts = parts(checkpoint)
        return try await store.translating(key, "CompleteMultipartUpload") {
            let result = try await store.conditionally(options, key, store.sent(options)) { sent in
                try await client.completeMultipartUpload(
                    bucket, key.string, checkpoint.uploadID, parts, onlyIfAbsent: sent.onlyIfAbsent)
            }
            return try await store.named(result, key, parts)
        }
    }

    private func parts(_ checkpoint: MultipartCheckpoint) -> [S3Part] {
        checkpoint.parts.map { S3Part(number: $0.number, etag: $0.etag, size: size(of: $0.number)) }
    }

    private func size(of number: Int) -> Int64 { Int64(plan.range(of: number).count) }

    /// Whether nobody will go on with the upload after this failure.
    private func isOver(_ error: any Error) -> Bool {
        guard transfer.save != nil else { return true }
        return (error as? StoreError).map { !$0.isRetryable } ?? false
    }
}
