internal import Core
internal import HTTP

extension DownloadError {
    static func tooLarge(_ host: String, _ maximumBytes: Int) -> DownloadError {
        DownloadError(
            .tooLarge,
            "The file at \(host) is larger than \(maximumBytes) bytes, the limit; give a smaller one or raise it.",
            host: host)
    }

    static func tooLong(_ host: String, _ limits: DownloadLimits) -> DownloadError {
        DownloadError(
            .timeout, "The file at \(host) was not there after \(limits.total.components.seconds) seconds, the limit.",
            host: host)
    }

    /// What the client's error means for a download from this host; nil where there is none yet.
    init(_ error: HTTPError, host: String?, limits: DownloadLimits?) {
        let name = host ?? "that was asked"
        func failure(_ code: Code, _ message: String) -> DownloadError { DownloadError(code, message, host: host) }
        self =
            switch error.code {
            case .addressRefused:
                DownloadRules.refusedAddress(name)
            case .invalidURL, .invalidRequest:
                failure(.badURL, "The URL at the host \(name) cannot be fetched.")
            case .nameNotResolved:
                failure(.unresolved, "The name of the host \(name) has no address; check it.")
            case .connectionRefused, .unreachable, .connectTimedOut, .proxyFailed:
                failure(.unreachable, "The host \(name) does not answer.")
            case .tlsHandshakeFailed, .certificateUntrusted, .certificateExpired, .certificateNameMismatch:
                failure(.certificateRefused, "The host \(name) could not prove by TLS who it is.")
            case .connectionClosed, .connectionReset, .bodyTruncated:
                failure(.interrupted, "The host \(name) ended the connection before the end of the file.")
            case .stalled:
                failure(.stalled, "The host \(name) sent too little for too long.")
            case .timedOut:
                limits.map { .tooLong(name, $0) } ?? failure(.timeout, "The host \(name) took too long.")
            case .invalidResponse, .headersTooLarge:
                failure(
                    .malformed,
                    "What the host \(name) answered is not HTTP as it should be, or its headers are too large.")
            case .bodyTooLarge:
                failure(.tooLarge, "The file at \(name) is larger than allowed.")
            case .authorityBundleUnreadable:
                failure(
                    .configurationInvalid,
                    "The worker cannot read its file of trusted certificate authorities; install the system's, or correct its path."
                )
            case .clientClosed, .resourcesExhausted, .bodySourceFailed, .unexpected:
                failure(.exhausted, "This worker cannot fetch at the moment.")
            }
    }
}
