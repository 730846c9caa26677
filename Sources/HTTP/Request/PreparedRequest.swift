/// A request that was checked, in the form in which libcurl wants it.
struct PreparedRequest: Sendable {
    let request: HTTPRequest
    let url: RequestURL
    /// What libcurl's list of headers says: each field, and what libcurl shall not add by itself.
    let headerLines: [String]

    /// Throws `invalidURL` and `invalidRequest`.
    init(_ request: HTTPRequest) throws(HTTPError) {
        do {
            let url = try RequestURL(request.url)
            try Self.check(request)
            self.request = request
            self.url = url
            headerLines = try Self.headerLines(request.headers)
        } catch {
            throw error.about(request)
        }
    }

    /// Whether the response has no body, whatever its headers say.
    var isHead: Bool { request.method == .head }

    private static func check(_ request: HTTPRequest) throws(HTTPError) {
        guard isToken(request.method.rawValue), request.method.rawValue != "CONNECT" else {
            throw HTTPError(.invalidRequest, "the method is not valid")
        }
        switch request.body {
        case .none: return
        case .file(_, let offset, let length) where offset < 0 || length < 0:
            throw HTTPError(.invalidRequest, "the body's range is negative")
        case .source(_, let length?) where length < 0:
            throw HTTPError(.invalidRequest, "the body's length is negative")
        default:
            guard request.method != .head else { throw HTTPError(.invalidRequest, "HEAD cannot have a body") }
        }
    }

    private static func headerLines(_ headers: HTTPHeaders) throws(HTTPError) -> [String] {
        var lines: [String] = []
        for field in headers.fields {
            guard isToken(field.name) else { throw HTTPError(.invalidRequest, "a header's name is not valid") }
            guard field.value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw HTTPError(.invalidRequest, "the value of the header \(field.name) has control characters")
            }
            // libcurl takes "Name:" for the wish to leave a header out, and "Name;" for an empty one.
            let isBlank = field.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            lines.append(isBlank ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        for name in ["Content-Length", "Transfer-Encoding"] where headers.contains(name) {
            throw HTTPError(.invalidRequest, "\(name) follows from the body and cannot be given")
        }
        for name in ["Accept", "Content-Type", "Expect"] where !headers.contains(name) {
            lines.append("\(name):")
        }
        return lines
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default:
                    "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
