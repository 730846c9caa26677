/// Responses as servers write them.
enum Answer {
    static func response(_ status: Int, _ body: String = "", _ headers: String...) -> String {
        make(status, body, headers)
    }

    /// The response to HEAD: no body, whatever its length.
    static func head(_ status: Int, length: Int = 0, _ headers: String...) -> String {
        (["HTTP/1.1 \(status) X", "Content-Length: \(length)"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    static func error(_ status: Int, _ code: String, more: String = "", _ headers: String...) -> String {
        make(
            status,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>s3cr3t words</Message>\(more)"
                + "<RequestId>REQ1</RequestId><HostId>HOST1</HostId></Error>", headers)
    }

    static func object(_ body: String, etag: String = "e1", _ headers: String...) -> String {
        make(200, body, ["ETag: \"\(etag)\"", modified, "Content-Type: text/plain"] + headers)
    }

    static let modified = "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT"

    /// A page with these keys, written as they are.
    static func page(_ keys: String..., token: String? = nil, name: String = "bucket", encoded: Bool = true) -> String {
        let objects = keys.map {
            "<Contents><Key>\($0)</Key><LastModified>2024-01-01T00:00:00.25Z</LastModified>"
                + "<ETag>&quot;e&quot;</ETag><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents>"
        }
        let next = token.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
        let body =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>\(name)</Name>"
            + (encoded ? "<EncodingType>url</EncodingType>" : "") + "<IsTruncated>\(token != nil)</IsTruncated>"
            + next + objects.joined() + "</ListBucketResult>"
        return response(200, body)
    }

    private static func make(_ status: Int, _ body: String, _ headers: [String]) -> String {
        let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
