internal import HTTP
internal import SigV4

extension S3Client {
    /// The parts of an upload that the server has stored, those behind the number `marker`; nil where it knows no such upload.
    public func listParts(
        _ bucket: String, _ key: String, _ uploadID: String, after marker: Int = 0, limit: Int = 1_000
    ) async throws -> S3PartPage? {
        var call = S3Call("ListParts", .get, bucket: bucket, key: key)
        call.query = [QueryItem("uploadId", uploadID), QueryItem("max-parts", "\(limit)")]
        if marker > 0 { call.query.append(QueryItem("part-number-marker", "\(marker)")) }
        let wording = wording(call)
        do {
            return try await send(call, bodyLimit: XMLPullReader.maximumBytes) { response in
                let reply = try reply(
                    response, wording, root: "ListPartsResult", fields: ["IsTruncated", "UploadId"], item: "Part",
                    itemFields: ["PartNumber", "ETag", "Size"])
                guard let page = Self.page(reply, of: uploadID, after: marker) else {
                    throw malformed("the parts cannot be read", wording, response.headers)
                }
                return page
            }
        } catch let error as S3Error where error.code == .noSuchUpload || error.code == .noSuchKey {
            // Ceph RGW says the latter while an upload goes.
            return nil
        }
    }

    private static func page(_ reply: ReplyDocument, of uploadID: String, after marker: Int) -> S3PartPage? {
        guard reply.fields["UploadId"] ?? uploadID == uploadID else { return nil }
        var page = S3PartPage(parts: [])
        var last = marker
        for fields in reply.items {
            guard let number = fields["PartNumber"].flatMap({ Decimal.number($0) }), number > last, number <= 10_000,
                let size = fields["Size"].flatMap({ Decimal.number($0) }), let etag = fields["ETag"]
            else { return nil }
            last = Int(number)
            page.parts.append(S3Part(number: last, etag: S3ObjectMetadata.unquoted(etag), size: size))
        }
        if reply.fields["IsTruncated"] == "true" {
            guard last > marker else { return nil }
            page.next = last
        }
        return page
    }
}
