internal import HTTP
internal import SigV4

extension S3Client {
    /// Stores bytes under a key, replacing what was there.
    ///
    /// The SHA-256 of the bytes is part of the signature, so that the server takes no others; where its etag is an MD5, that
    /// is compared too. Throws `checksumMismatch` if the bytes were damaged each time, `preconditionFailed` if
    /// `onlyIfAbsent` does not hold, `invalidRequest` for options that cannot be sent.
    @discardableResult
    public func putObject(
        _ bucket: String, _ key: String, _ bytes: [UInt8], options: S3PutOptions = S3PutOptions()
    ) async throws -> S3PutResult {
        let call = try putCall(bucket, key, bytes, options)
        let wording = wording(call)
        // Systems under FIPS rules have no MD5; the payload's SHA-256 is in the signature all the same.
        let expected = try? MD5.hash(bytes)
        var attempts = Attempts()
        do {
            return try await send(call, &attempts) { response in
                guard let header = response.headers["etag"], !header.isEmpty else {
                    throw malformed("it has no etag", wording, response.headers)
                }
                let etag = S3ObjectMetadata.unquoted(header)
                guard S3ObjectMetadata.isEtag(etag) else {
                    throw malformed("its etag is none", wording, response.headers)
                }
                if let expected, let stored = Self.digest(etag, response.headers), stored != expected {
                    throw S3Error(
                        .checksumMismatch,
                        wording.failure("the server has stored other bytes than were sent: store it again"), wording)
                }
                return S3PutResult(etag: etag, versionID: response.headers["x-amz-version-id"])
            }
        } catch let error as S3Error
            where error.code == .preconditionFailed && options.onlyIfAbsent && attempts.mayHaveSucceeded
        {
            // An earlier attempt may be what is in its way.
            guard let stored = try await headObject(bucket, key), stored.size == Int64(bytes.count), let expected,
                Hex.decode(stored.etag) == expected
            else { throw error }
            return S3PutResult(etag: stored.etag, versionID: stored.versionID)
        }
    }

    func putCall(
        _ bucket: String, _ key: String, _ bytes: [UInt8], _ options: S3PutOptions
    ) throws(S3Error) -> S3Call {
        var call = S3Call("PutObject", .put, bucket: bucket, key: key)
        let wording = wording(call)
        do {
            try options.check()
        } catch {
            throw S3Error(.invalidRequest, wording.refused(error.reason), wording)
        }
        do {
            let digest = try SHA256.hash(bytes)
            call.setBody(bytes, digest)
            // Others do not know it, and some refuse what they do not know.
            if endpoint.isAWS { call.headers.append(HeaderField("x-amz-checksum-sha256", digest.base64)) }
        } catch {
            throw S3Error(error, wording)
        }
        let signed = [
            ("content-type", options.contentType), ("x-amz-storage-class", options.storageClass),
            ("x-amz-acl", options.acl),
        ]
        for (name, value) in signed {
            if let value { call.headers.append(HeaderField(name, value)) }
        }
        for (name, value) in options.metadata.sorted(by: { $0.key < $1.key }) {
            call.headers.append(HeaderField(S3ObjectMetadata.prefix + name.lowercased(), value))
        }
        let unsigned = [
            ("cache-control", options.cacheControl), ("content-disposition", options.contentDisposition),
            ("if-none-match", options.onlyIfAbsent ? "*" : nil),
        ]
        for (name, value) in unsigned {
            if let value { call.unsignedHeaders.append(HeaderField(name, value)) }
        }
        return call
    }

    /// The MD5 that an etag is; nil where it is something else: of several parts, or encrypted with a key of its own.
    private static func digest(_ etag: String, _ headers: HTTPHeaders) -> [UInt8]? {
        guard etag.utf8.count == 32, !headers.contains("x-amz-server-side-encryption-customer-algorithm"),
            headers["x-amz-server-side-encryption"]?.hasPrefix("aws:kms") != true
        else { return nil }
        return Hex.decode(etag)
    }
}
