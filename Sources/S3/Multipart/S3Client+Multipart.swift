internal import HTTP
public import SigV4

extension S3Client {
    /// Begins an upload in parts, and gives what the server calls it. The options are those of the object to be.
    ///
    /// An upload whose beginning is not answered is left over: `listMultipartUploads` finds it. `onlyIfAbsent` is for the end.
    public func createMultipartUpload(
        _ bucket: String, _ key: String, options: S3PutOptions = S3PutOptions()
    ) async throws -> String {
        var call = S3Call("CreateMultipartUpload", .post, bucket: bucket, key: key)
        call.query = [QueryItem("uploads")]
        try addObjectHeaders(options, to: &call)
        let wording = wording(call)
        return try await send(call) { response in
            let reply = try reply(
                response, wording, root: "InitiateMultipartUploadResult", fields: ["Bucket", "Key", "UploadId"])
            guard let id = reply.fields["UploadId"], Self.isUploadID(id) else {
                throw malformed("it does not name the upload", wording, response.headers)
            }
            return id
        }
    }

    /// Stores a part of an upload: the bytes of a range of a source, whose SHA-256 is `digest`.
    ///
    /// Every part but the last has the same size, 5 MiB at least. Throws `noSuchUpload` where the upload has ended, `checksumMismatch`
    /// where the server finds other bytes, and what the source throws.
    public func uploadPart(
        _ bucket: String, _ key: String, _ uploadID: String, number: Int, from source: any S3ByteSource,
        range: Range<Int64>, digest: SHA256.Digest
    ) async throws -> S3Part {
        var call = partCall("UploadPart", bucket, key, uploadID, number)
        call.setBody(StreamedBody(source: source, range: range, digest: digest))
        let wording = wording(call)
        return try await send(call) { response in
            let etag = S3ObjectMetadata.unquoted(response.headers["etag"] ?? "")
            guard !etag.isEmpty, S3ObjectMetadata.isEtag(etag) else {
                throw malformed("it has no etag", wording, response.headers)
            }
            return S3Part(number: number, etag: etag, size: range.upperBound - range.lowerBound)
        }
    }

    /// Makes one object of the parts, which ascend by number, replacing what was there.
    ///
    /// The etag is empty where the server does not tell it and it cannot be told from those of the parts. Where the upload is gone, and the object is what this call would
    /// have made, an earlier attempt has done it. Throws `noSuchUpload`, `preconditionFailed` where `onlyIfAbsent` does not
    /// hold, and `checksumMismatch` where the server has not one of the parts.
    @discardableResult
    public func completeMultipartUpload(
        _ bucket: String, _ key: String, _ uploadID: String, _ parts: [S3Part], onlyIfAbsent: Bool = false
    ) async throws -> S3PutResult {
        var call = S3Call("CompleteMultipartUpload", .post, bucket: bucket, key: key)
        call.query = [QueryItem("uploadId", uploadID)]
        call.serverWork = parts.reduce(0) { $0 + $1.size }
        try set(Self.document(parts), in: &call)
        if onlyIfAbsent { call.unsignedHeaders.append(HeaderField("if-none-match", "*")) }
        let wording = wording(call)
        var attempts = Attempts()
        do {
            return try await send(call, &attempts) { response in
                let reply = try reply(response, wording, root: "CompleteMultipartUploadResult", fields: ["ETag"])
                let etag = S3ObjectMetadata.unquoted(reply.fields["ETag"] ?? "")
                guard S3ObjectMetadata.isEtag(etag) else {
                    throw malformed("its etag is none", wording, response.headers)
                }
                return S3PutResult(
                    etag: etag.isEmpty ? MultipartEtag.expected(parts) ?? "" : etag,
                    versionID: response.headers["x-amz-version-id"])
            }
        } catch let error as S3Error
            where error.code == .noSuchUpload || (error.code == .preconditionFailed && attempts.mayHaveSucceeded)
        {
            guard let made = try await completedObject(bucket, key, parts) else { throw error }
            return made
        }
    }

    /// The object, if it is what the parts make; nil also where that cannot be told.
    public func completedObject(_ bucket: String, _ key: String, _ parts: [S3Part]) async throws -> S3PutResult? {
        guard let expected = MultipartEtag.expected(parts), let stored = try await headObject(bucket, key),
            stored.etag == expected, stored.size == parts.reduce(0, { $0 + $1.size })
        else { return nil }
        return S3PutResult(etag: stored.etag, versionID: stored.versionID)
    }

    /// Ends an upload and removes its parts; succeeds also where it had ended already.
    ///
    /// Parts that were on their way meanwhile may still arrive: the server is asked until it has none left. Throws
    /// `conflict`, to be tried again, where that does not come to an end.
    public func abortMultipartUpload(_ bucket: String, _ key: String, _ uploadID: String) async throws {
        var call = S3Call("AbortMultipartUpload", .delete, bucket: bucket, key: key)
        call.query = [QueryItem("uploadId", uploadID)]
        for attempt in 1...settings.retry.maximumAttempts {
            do {
                try await send(call) { _ in }
            } catch let error as S3Error where error.code == .noSuchUpload {
                return
            }
            guard let left = try await listParts(bucket, key, uploadID, limit: 1), !left.parts.isEmpty else { return }
            let pause = settings.retry.backoff(retry: attempt, random: settings.random())
            if pause > .zero { try await settings.clock.sleep(for: pause) }
        }
        let wording = wording(call)
        throw S3Error(.conflict, wording.failure("parts of the upload keep arriving: try again"), wording)
    }

    func partCall(_ operation: String, _ bucket: String, _ key: String, _ uploadID: String, _ number: Int) -> S3Call {
        var call = S3Call(operation, .put, bucket: bucket, key: key)
        call.query = [QueryItem("partNumber", "\(number)"), QueryItem("uploadId", uploadID)]
        return call
    }

    /// Reads a reply; throws `malformedResponse` where it is none.
    func reply(
        _ response: HTTPResponse, _ wording: ErrorWording, root: StaticString, fields: Set<String>, item: String? = nil,
        itemFields: Set<String> = []
    ) throws -> ReplyDocument {
        do {
            return try ReplyDocument(response.body, root: root, fields: fields, item: item, itemFields: itemFields)
        } catch let error as XMLFailure {
            throw malformed("the reply cannot be read: \(error.reason)", wording, response.headers)
        }
    }

    /// Whether it can be the name of an upload: it comes back in queries, and is kept.
    static func isUploadID(_ text: String) -> Bool {
        (1...1_024).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func document(_ parts: [S3Part]) -> String {
        var document = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for part in parts {
            document += "<Part><PartNumber>\(part.number)</PartNumber>"
            document += "<ETag>&quot;\(XMLEscaping.escape(part.etag))&quot;</ETag></Part>"
        }
        return document + "</CompleteMultipartUpload>"
    }
}
