internal import Core
internal import S3

extension S3ObjectStore {
    /// Makes one request that stores an object, with the condition that the options ask for.
    ///
    /// Servers that may not heed the condition are asked before; those that refuse it get the request without.
    func putOnce(
        _ key: ObjectKey, _ options: PutOptions, size: Int64, _ send: (S3PutOptions) async throws -> S3PutResult
    ) async throws -> ObjectSummary {
        if options.ifAbsent, !checksAbsence { try await checkAbsence(of: key, operation: "PutObject") }
        let sentAt = lately.now
        let result = try await translating(key) {
            try await conditionally(options, key, sent(options), send)
        }
        if let time = result.lastModified {
            // An earlier request has stored it.
            lately.forget(key)
            var found = summary(of: key, size: size, etag: result.etag, options)
            found.lastModified = Timestamp(microseconds: time)
            return found
        } else {
            let given = LatelyStored.Properties(storageClass: options.storageClass, contentType: options.contentType)
            lately.note(LatelyStored.Write(etag: result.etag, sent: given, span: sentAt...lately.now), of: key)
        }
        return summary(of: key, size: size, etag: result.etag, options)
    }

    /// Runs `send` with the condition; without it where the server does not know it. Throws `alreadyExists`.
    func conditionally(
        _ options: PutOptions, _ key: ObjectKey, _ sent: S3PutOptions,
        _ send: (S3PutOptions) async throws -> S3PutResult
    ) async throws -> S3PutResult {
        do {
            return try await send(sent)
        } catch let error as S3Error where options.ifAbsent && error.code == .preconditionFailed {
            throw StoreError.alreadyExists(key, operation: error.operation, bucket: bucket, requestID: error.requestID)
        } catch let error as S3Error where options.ifAbsent && !checksAbsence && error.mayRefuseCondition {
            var unconditional = sent
            unconditional.onlyIfAbsent = false
            return try await send(unconditional)
        }
    }

    /// Throws `alreadyExists` where there is an object.
    func checkAbsence(of key: ObjectKey, operation: String) async throws {
        guard try await head(key) != nil else { return }
        throw StoreError.alreadyExists(key, operation: operation, bucket: bucket)
    }

    /// What is known of an object that was stored.
    func summary(of key: ObjectKey, size: Int64, etag: String, _ options: PutOptions) -> ObjectSummary {
        ObjectSummary(
            key: key, size: size, etag: etag, lastModified: Timestamp(seconds: now(), nanoseconds: 0),
            storageClass: options.storageClass ?? ObjectSummary.usualStorageClass, contentType: options.contentType)
    }
}

extension S3Error {
    /// Whether the server may have taken offence at a condition that it does not know.
    fileprivate var mayRefuseCondition: Bool { code == .notImplemented || (code == .invalidRequest && status == 400) }
}
