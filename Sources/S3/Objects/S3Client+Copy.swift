internal import HTTP
internal import SigV4

extension S3Client {
    /// Copies an object of up to 5 GiB to another key of its bucket, replacing what was there.
    ///
    /// Throws `noSuchKey` where there is none, `preconditionFailed` where it is not that of `options.ifMatch`. An error that
    /// comes after the status 200 is one.
    @discardableResult
    public func copyObject(
        _ bucket: String, _ key: String, to target: String, options: S3CopyOptions = S3CopyOptions()
    ) async throws -> S3CopyResult {
        var call = S3Call("CopyObject", .put, bucket: bucket, key: target)
        try setSource(bucket, key, ifMatch: options.ifMatch, in: &call)
        call.serverWork = options.size
        call.headers.append(HeaderField("x-amz-metadata-directive", "COPY"))
        var added = S3PutOptions()
        added.storageClass = options.storageClass
        added.acl = options.acl
        added.encryption = options.encryption
        try addObjectHeaders(added, to: &call)
        return try await copy(call, root: "CopyObjectResult")
    }

    /// Stores a part of an upload by copying: an object of the bucket, or a range of its bytes, `size` in all.
    ///
    /// Throws as `copyObject` does, and `noSuchUpload` where the upload has ended.
    public func uploadPartCopy(
        _ bucket: String, _ key: String, to target: String, _ uploadID: String, number: Int, range: Range<Int64>,
        ifMatch: String? = nil
    ) async throws -> S3Part {
        var call = partCall("UploadPartCopy", bucket, target, uploadID, number)
        try setSource(bucket, key, ifMatch: ifMatch, in: &call)
        let size = range.upperBound - range.lowerBound
        call.serverWork = size
        call.headers.append(
            HeaderField("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
        return S3Part(number: number, etag: try await copy(call, root: "CopyPartResult").etag, size: size)
    }

    private func setSource(_ bucket: String, _ key: String, ifMatch: String?, in call: inout S3Call) throws(S3Error) {
        try S3Call(call.operation, call.method, bucket: bucket, key: key).check(at: endpoint)
        call.headers.append(HeaderField("x-amz-copy-source", "/\(bucket)/\(PercentEncoding.encode(key, .path))"))
        if let ifMatch { call.headers.append(HeaderField("x-amz-copy-source-if-match", Self.quoted(ifMatch))) }
    }

    private func copy(_ call: S3Call, root: StaticString) async throws -> S3CopyResult {
        let wording = wording(call)
        return try await send(call) { response in
            let reply = try reply(response, wording, root: root, fields: ["ETag", "LastModified"])
            let etag = S3ObjectMetadata.unquoted(reply.fields["ETag"] ?? "")
            guard !etag.isEmpty, S3ObjectMetadata.isEtag(etag) else {
                throw malformed("it has no etag", wording, response.headers)
            }
            let time = reply.fields["LastModified"].flatMap { text in
                Array(text.utf8).withUnsafeBufferPointer { CivilTime.microseconds(iso8601: $0) }
            }
            return S3CopyResult(etag: etag, lastModified: time)
        }
    }
}
