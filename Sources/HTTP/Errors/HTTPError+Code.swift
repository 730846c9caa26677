extension HTTPError {
    /// What went wrong.
    public enum Code: String, Sendable, CaseIterable {
        /// The URL is not an absolute, encoded http or https URL without user and fragment.
        case invalidURL
        /// Method, headers or body cannot be sent.
        case invalidRequest
        /// The client is closed, or was closed meanwhile.
        case clientClosed
        /// The system has no thread, descriptor or memory left.
        case resourcesExhausted
        /// The host's name has no address, or the name service does not answer.
        case nameNotResolved
        /// The address policy allows none of the host's addresses.
        case addressRefused
        /// Nobody listens at the host's port.
        case connectionRefused
        /// The network knows no way to the host.
        case unreachable
        /// There was no connection in time.
        case connectTimedOut
        /// The proxy cannot be found, or did not connect.
        case proxyFailed
        /// Client and server found no common TLS version or cipher, or what came was not TLS.
        case tlsHandshakeFailed
        /// The server's certificate is signed by nobody who is trusted here.
        case certificateUntrusted
        /// The server's certificate has expired, or is not valid yet.
        case certificateExpired
        /// The server's certificate is for other names.
        case certificateNameMismatch
        /// The file with the authorities to trust cannot be read.
        case authorityBundleUnreadable
        /// The server closed the connection without a response.
        case connectionClosed
        /// The connection broke.
        case connectionReset
        /// The body ended before its announced end.
        case bodyTruncated
        /// Too little flowed for too long.
        case stalled
        /// The request's total time is over.
        case timedOut
        /// What came is not HTTP/1.x as it should be.
        case invalidResponse
        /// The response's headers are larger than `maximumHeaderBytes`.
        case headersTooLarge
        /// The response's body is larger than the limit.
        case bodyTooLarge
        /// The file or source of the body failed, or had less than was announced.
        case bodySourceFailed
        /// Something that this module does not expect.
        case unexpected

        /// Whether the same request may succeed when it is made again, later.
        var isRetryable: Bool {
            switch self {
            case .resourcesExhausted, .nameNotResolved, .connectionRefused, .unreachable, .connectTimedOut,
                .proxyFailed,
                .connectionClosed, .connectionReset, .bodyTruncated, .stalled, .timedOut:
                true
            case .invalidURL, .invalidRequest, .clientClosed, .addressRefused, .tlsHandshakeFailed,
                .certificateUntrusted,
                .certificateExpired, .certificateNameMismatch, .authorityBundleUnreadable, .invalidResponse,
                .headersTooLarge, .bodyTooLarge, .bodySourceFailed, .unexpected:
                false
            }
        }
    }
}
