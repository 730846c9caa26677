/// A request for one resource.
///
/// ```swift
/// var request = HTTPRequest(.put, "https://example.org/a%20b?x=1", headers: ["x-tag": "a"], body: .bytes([1, 2]))
/// request.timeouts.total = .seconds(60)
/// ```
public struct HTTPRequest: Sendable {
    /// What to do.
    public var method: HTTPMethod
    /// `http://` or `https://`, host, port, path and query, already encoded: printable ASCII, without user and fragment.
    ///
    /// Path and query are sent byte for byte; nothing is encoded, decoded or normalised.
    public var url: String
    /// What is sent after `Host`, in this order. `Content-Length` and `Transfer-Encoding` come from the body and may not be
    /// given. Nothing else is added.
    public var headers: HTTPHeaders
    /// What is sent after them.
    public var body: HTTPRequestBody
    /// How long it may take.
    public var timeouts = HTTPTimeouts()
    /// How the server proves who it is.
    public var tls = HTTPTLSOptions()
    /// Whether the client itself may send it again, once an idle connection turns out to be closed. Follows from the method
    /// unless it is set.
    public var isIdempotent: Bool

    /// A request with the usual time-outs and TLS options.
    public init(_ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: HTTPRequestBody = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        isIdempotent = method.isIdempotent
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// Method and URL without its query. Never shows headers.
    public var description: String {
        "\(method) \(RequestURL.shown(url))"
    }

    /// Nothing but the description, so that `dump` shows no query, header or body either.
    public var customMirror: Mirror { Mirror(self, unlabeledChildren: [description]) }
}
