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
        // Systems under FIPS rules have no MD5; the payload's SHA-256 is in the signature all the same.
        return try await put(call, bucket, key, options, size: Int64(bytes.count), md5: try? MD5.hash(bytes))
    }

    private func put(
        _ call: S3Call, _ bucket: String, _ key: String, _ options: S3PutOptions, size: Int64, md5 expected: [UInt8]?,
        earlier: S3EarlierPuts? = nil
    ) async throws -> S3PutResult {
        let wording = wording(call)
        var attempts = Attempts()
        let failure: S3Error
        do {
            return try await send(
                call, &attempts,
                known: { attempts in
                    guard let earlier, earlier.mayHaveStored || attempts.mayHaveSucceeded else { return nil }
                    return try await stored(bucket, key, options, size: size, by: earlier, after: attempts)
                },
                read: { response in try read(response, expecting: expected, wording) })
        } catch let error as S3Error {
            failure = error
        }
        // An earlier attempt may be what is in its way.
        guard failure.code == .preconditionFailed, options.onlyIfAbsent, attempts.mayHaveSucceeded,
            let stored = try await headObject(bucket, key), stored.size == size, let expected,
            Hex.decode(stored.etag) == expected
        else { throw failure }
        return S3PutResult(etag: stored.etag, versionID: stored.versionID, lastModified: stored.lastModified)
    }

    private func read(
        _ response: HTTPResponse, expecting expected: [UInt8]?, _ wording: ErrorWording
    ) throws(S3Error) -> S3PutResult {
        guard let header = response.headers["etag"], !header.isEmpty else {
            throw malformed("it has no etag", wording, response.headers)
        }
        let etag = S3ObjectMetadata.unquoted(header)
        guard S3ObjectMetadata.isEtag(etag) else { throw malformed("its etag is none", wording, response.headers) }
        if let expected, let stored = Self.digest(etag, response.headers), stored != expected {
            throw S3Error(
                .checksumMismatch,
                wording.failure("the server has stored other bytes than were sent: store it again"), wording)
        }
        return S3PutResult(etag: etag, versionID: response.headers["x-amz-version-id"])
    }

    /// The same for bytes that are read while they are sent: those of a range of a source. `digests` are theirs.
    ///
    /// Throws `checksumMismatch` where the server finds that they are others, and what the source throws. Without
    /// `digests.md5` the etag is not compared. With `earlier` nothing is sent that is known to be there.
    @discardableResult
    public func putObject(
        _ bucket: String, _ key: String, from source: any S3ByteSource, _ digests: S3BodyDigests,
        options: S3PutOptions = S3PutOptions(), earlier: S3EarlierPuts? = nil
    ) async throws -> S3PutResult {
        let call = try putCall(bucket, key, source, digests, options)
        return try await put(
            call, bucket, key, options, size: source.size, md5: digests.md5, earlier: earlier)
    }

    /// The same for bytes whose digests are known, so that they are not read for them again.
    @discardableResult
    public func putObject(
        _ bucket: String, _ key: String, _ bytes: [UInt8], _ digests: S3BodyDigests,
        options: S3PutOptions = S3PutOptions(), earlier: S3EarlierPuts? = nil
    ) async throws -> S3PutResult {
        var call = S3Call("PutObject", .put, bucket: bucket, key: key)
        call.setSignedBody(bytes, digests.sha256)
        try add(options, to: &call)
        return try await put(
            call, bucket, key, options, size: Int64(bytes.count), md5: digests.md5, earlier: earlier)
    }

    private func putCall(
        _ bucket: String, _ key: String, _ source: any S3ByteSource, _ digests: S3BodyDigests, _ options: S3PutOptions
    ) throws(S3Error) -> S3Call {
        var call = S3Call("PutObject", .put, bucket: bucket, key: key)
        call.setBody(StreamedBody(source: source, range: 0..<source.size, digest: digests.sha256))
        try add(options, to: &call)
        return call
    }

    func putCall(
        _ bucket: String, _ key: String, _ bytes: [UInt8], _ options: S3PutOptions
    ) throws(S3Error) -> S3Call {
        var call = S3Call("PutObject", .put, bucket: bucket, key: key)
        do {
            call.setBody(bytes, try SHA256.hash(bytes))
        } catch {
            throw S3Error(error, wording(call))
        }
        try add(options, to: &call)
        return call
    }

    private func add(_ options: S3PutOptions, to call: inout S3Call) throws(S3Error) {
        // Others do not know it, and some refuse what they do not know.
        if endpoint.isAWS, let checksum = call.checksum {
            call.headers.append(HeaderField("x-amz-checksum-sha256", checksum))
        }
        try addObjectHeaders(options, to: &call)
        if options.onlyIfAbsent { call.unsignedHeaders.append(HeaderField("if-none-match", "*")) }
    }

    /// Adds what an object gets besides its bytes. Throws `invalidRequest` for what cannot be sent.
    func addObjectHeaders(_ options: S3PutOptions, to call: inout S3Call) throws(S3Error) {
        do {
            try options.add(to: &call)
        } catch {
            let wording = wording(call)
            throw S3Error(.invalidRequest, wording.refused(error.reason), wording)
        }
    }

    /// The MD5 that an etag is; nil where it is something else: of several parts, or encrypted with a key of its own.
    private static func digest(_ etag: String, _ headers: HTTPHeaders) -> [UInt8]? {
        guard etag.utf8.count == 32, !headers.contains("x-amz-server-side-encryption-customer-algorithm"),
            headers["x-amz-server-side-encryption"]?.hasPrefix("aws:kms") != true
        else { return nil }
        return Hex.decode(etag)
    }
}
