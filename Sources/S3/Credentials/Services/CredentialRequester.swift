internal import HTTP

/// Asks a service for credentials, twice where the first try may have failed by chance.
struct CredentialRequester: Sendable {
    /// How large an answer may be, in bytes.
    static let answerLimit = 64 << 10

    let client: HTTPClient
    let authorityBundlePath: String?

    /// The answer, whatever its status; a status of 500 and above is asked for again once, and so is a broken connection.
    ///
    /// Throws `HTTPError` and `CancellationError`.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var request = request
        request.tls.authorityBundlePath = authorityBundlePath
        // Asking twice does no harm: credentials that nobody got just end.
        request.isIdempotent = true
        do {
            let response = try await client.send(request, bodyLimit: Self.answerLimit)
            if response.status < 500 { return response }
        } catch let error as HTTPError where error.isRetryable {
            // The second try tells.
        }
        return try await client.send(request, bodyLimit: Self.answerLimit)
    }
}
