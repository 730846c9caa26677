internal import SigV4

extension S3Client {
    /// What an earlier request to store these bytes, of which nobody heard, has come to; nil: they are to be sent, since nothing is there, or it is
    /// not certain that it comes from such a request.
    ///
    /// HEAD shows everything that is sent but the ACL, so that with one nothing is certain; and nothing of tags and locks, which are as
    /// they should be if the object is not older than the first request. That is measured on the server's clock alone: by the date of
    /// its answer. Where the etag is no MD5 nothing is certain either.
    ///
    /// Throws where the server cannot tell just now: bytes that are sent then may be stored twice.
    func stored(
        _ bucket: String, _ key: String, _ options: S3PutOptions, size: Int64, by earlier: S3EarlierPuts,
        after attempts: Attempts
    ) async throws -> S3PutResult? {
        guard options.acl == nil, let mark = try await earlier.mark() else { return nil }
        let found: S3ObjectMetadata?
        do {
            found = try await headObject(bucket, key)
        } catch var error as S3Error {
            guard error.isRetryable else { return nil }
            // That would say that this call has sent nothing.
            if error.code == .heldBack, attempts.count > 0 { error.code = .slowDown }
            throw error
        }
        guard let found, found.size == size, Hex.decode(found.etag) == mark.md5, options.gave(found),
            let servedAt = found.servedAt,
            .microseconds(servedAt - found.lastModified) <= mark.age + Self.dateResolution
        else { return nil }
        return S3PutResult(etag: found.etag, versionID: found.versionID, lastModified: found.lastModified)
    }

    /// Dates of HTTP have whole seconds, and the two may come from two machines of the server.
    private static var dateResolution: Duration { .seconds(2) }
}

extension S3PutOptions {
    /// Whether an object has what these options give it, as far as HEAD tells: all but the ACL.
    func gave(_ found: S3ObjectMetadata) -> Bool {
        let names = Dictionary(metadata.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        return found.contentType ?? Self.usualContentType == contentType ?? Self.usualContentType
            && found.cacheControl == cacheControl && found.contentDisposition == contentDisposition
            && found.contentEncoding == contentEncoding && found.contentLanguage == contentLanguage
            && found.expires == expires && found.metadata == names
            && found.storageClass ?? Self.usualStorageClass == storageClass ?? Self.usualStorageClass
            // AWS encrypts unasked.
            && (found.encryption == encryption || (encryption == nil && found.encryption == .aes256))
    }

    /// What S3 says of an object that was stored without a type.
    private static var usualContentType: String { "binary/octet-stream" }
    private static var usualStorageClass: String { "STANDARD" }
}
