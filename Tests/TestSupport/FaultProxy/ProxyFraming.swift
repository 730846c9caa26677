/// How the end of a body is found.
enum ProxyFraming {
    /// After so many bytes.
    case length(Int)
    /// After the last chunk and its trailers.
    case chunked
    /// With the end of the connection.
    case untilClosed

    /// The framing of a request's body.
    init(request head: ProxyHead) {
        self = Self.announced(in: head) ?? .length(0)
    }

    /// The framing of the body of a response to such a request.
    init(response head: ProxyHead, to method: String) {
        let isEmpty = method == "HEAD" || head.status == 204 || head.status == 304
        self = isEmpty ? .length(0) : Self.announced(in: head) ?? .untilClosed
    }

    private static func announced(in head: ProxyHead) -> ProxyFraming? {
        if head["transfer-encoding"]?.lowercased().hasSuffix("chunked") == true { return .chunked }
        return head["content-length"].flatMap { Int($0) }.map { .length($0) }
    }
}
