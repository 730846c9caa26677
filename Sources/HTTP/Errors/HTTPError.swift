/// Why a request got no response.
///
/// `description` is safe to log: it never shows headers, bodies, users or queries. A response with a status such as 404 or
/// 500 is no error here.
public struct HTTPError: Error, Sendable {
    /// What went wrong.
    public var code: Code
    /// One sentence, which says what to do where that is known.
    public var message: String
    /// Method and URL, without its query.
    public var request: String?
    /// Whether the server may have got the request, at least in part, and may have acted on it.
    public var mayHaveReachedServer = false
    /// libcurl's own words, where there are some. They may show names and addresses.
    public var detail: String?
    /// What the source of the body threw.
    public var underlying: (any Error)?

    /// An error about no request in particular.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same request may succeed when it is made again, later.
    ///
    /// Where `mayHaveReachedServer` is true that is safe only if doing it twice is.
    public var isRetryable: Bool { code.isRetryable }

    /// The same error with the request that it is about.
    func about(_ request: HTTPRequest) -> HTTPError {
        var error = self
        error.request = request.description
        return error
    }
}

extension HTTPError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code, message and request: `connectionRefused: … (GET https://example.org/a)`.
    public var description: String {
        "\(code.rawValue): \(message)" + (request.map { " (\($0))" } ?? "")
    }

    /// Everything that is known. Not for logs.
    public var debugDescription: String {
        description + (mayHaveReachedServer ? "; the server may have got the request" : "")
            + (detail.map { "; libcurl: \($0)" } ?? "") + (underlying.map { "; body: \($0)" } ?? "")
    }
}
