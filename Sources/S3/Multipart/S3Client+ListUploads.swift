internal import HTTP
internal import SigV4

extension S3Client {
    /// Uploads in parts, of keys that begin with `prefix`, that were neither completed nor aborted, by key.
    public func listMultipartUploads(
        _ bucket: String, prefix: String = "", after position: S3UploadPage.Position? = nil, limit: Int = 1_000
    ) async throws -> S3UploadPage {
        // Ceph RGW encodes keys and does not say so: where that makes a difference they are asked for as they are.
        if let page = try await uploadPage(bucket, prefix, position, limit, encoding: "url") { return page }
        guard let page = try await uploadPage(bucket, prefix, position, limit, encoding: nil) else {
            return S3UploadPage(uploads: [])
        }
        return page
    }

    /// Nil where the keys may be encoded or not.
    private func uploadPage(
        _ bucket: String, _ prefix: String, _ position: S3UploadPage.Position?, _ limit: Int, encoding: String?
    ) async throws -> S3UploadPage? {
        var call = S3Call("ListMultipartUploads", .get, bucket: bucket)
        call.query = [QueryItem("uploads"), QueryItem("max-uploads", "\(limit)")]
        if let encoding { call.query.append(QueryItem("encoding-type", encoding)) }
        if !prefix.isEmpty { call.query.append(QueryItem("prefix", prefix)) }
        if let position {
            call.query.append(QueryItem("key-marker", position.key))
            if let id = position.id { call.query.append(QueryItem("upload-id-marker", id)) }
        }
        let wording = wording(call)
        return try await send(call, bodyLimit: XMLPullReader.maximumBytes) { response in
            let reply = try reply(
                response, wording, root: "ListMultipartUploadsResult",
                fields: ["EncodingType", "IsTruncated", "NextKeyMarker", "NextUploadIdMarker"], item: "Upload",
                itemFields: ["Key", "UploadId", "Initiated"])
            if encoding != nil, reply.fields["EncodingType"] != encoding,
                reply.items.contains(where: { $0["Key"]?.contains(where: { "%+".contains($0) }) ?? false })
            {
                return nil
            }
            guard let page = Self.page(reply, prefix: prefix) else {
                throw malformed("the uploads cannot be read", wording, response.headers)
            }
            guard page.next == nil || page.next != position else {
                throw malformed("it would go on for ever", wording, response.headers)
            }
            return page
        }
    }

    private static func page(_ reply: ReplyDocument, prefix: String) -> S3UploadPage? {
        let isEncoded = reply.fields["EncodingType"] == "url"
        var page = S3UploadPage(uploads: [])
        for fields in reply.items {
            guard let key = fields["Key"].flatMap({ decoded($0, isEncoded) }), key.utf8.starts(with: prefix.utf8),
                let id = fields["UploadId"], isUploadID(id), let text = fields["Initiated"],
                let startedAt = Array(text.utf8).withUnsafeBufferPointer({ CivilTime.microseconds(iso8601: $0) })
            else { return nil }
            page.uploads.append(S3Upload(key: key, id: id, startedAt: startedAt))
        }
        if reply.fields["IsTruncated"] == "true" {
            guard let last = page.uploads.last else { return nil }
            let marker = reply.fields["NextKeyMarker"].flatMap { decoded($0, isEncoded) }
            let id = reply.fields["NextUploadIdMarker"]
            page.next = S3UploadPage.Position(
                key: marker ?? last.key, id: marker == nil ? last.id : id.flatMap { $0.isEmpty ? nil : $0 })
        }
        return page
    }

    /// A key as it is; nil where it is none.
    private static func decoded(_ text: String, _ isEncoded: Bool) -> String? {
        guard isEncoded else { return text }
        var bytes = Array(text.utf8)
        guard let count = bytes.withUnsafeMutableBufferPointer({ PlusDecoding.decode($0) }) else { return nil }
        return String(validating: bytes.prefix(count), as: UTF8.self)
    }
}
