/// What a request is answered.
struct Answer {
    /// A piece of a body.
    enum Piece {
        case bytes([UInt8])
        /// A part of a page's elements, which nobody copies.
        case part(Texts, Range<Int>)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .part(_, let range): range.count
            }
        }
    }

    var status = 200
    var contentType = "application/xml"
    var headers = ""
    var pieces: [Piece] = []
    /// Nanoseconds between the request and the first byte.
    var delay: Int64 = 0
    /// Whether the body is sent byte by byte.
    var drips = false
    /// Whether the body, whose length is told, is left out.
    var isHead = false
    /// The length that is told; nil for that of the body.
    var toldLength: Int?

    /// An answer of XML.
    init(_ xml: String = "", status: Int = 200) {
        self.status = status
        if !xml.isEmpty { pieces = [.bytes(Array((Self.declaration + xml).utf8))] }
    }

    /// An error document.
    init(error code: String, _ message: String, status: Int) {
        self.init(
            "<Error><Code>\(code)</Code><Message>\(message)</Message><RequestId>stub</RequestId></Error>",
            status: status)
    }

    static let declaration = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"

    var length: Int { toldLength ?? pieces.reduce(0) { $0 + $1.count } }

    /// What comes before the body.
    func head(date: String) -> [UInt8] {
        let reason =
            switch status {
            case 200: "OK"
            case 400: "Bad Request"
            case 404: "Not Found"
            case 501: "Not Implemented"
            case 503: "Slow Down"
            default: "Error"
            }
        return Array(
            """
            HTTP/1.1 \(status) \(reason)\r
            Date: \(date)\r
            Server: ListStub\r
            Content-Type: \(contentType)\r
            Content-Length: \(length)\r
            \(headers)\r

            """.utf8)
    }
}
