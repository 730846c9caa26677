/// Why bytes could not be downloaded from a URL that somebody else chose.
///
/// `description` is one sentence that is safe to show to whoever chose it: it names the host, never an address that the host
/// has, a path or a query.
public struct DownloadError: Error, Hashable, Sendable {
    /// What went wrong, in the terms a caller can act on.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The text is not a URL that can be fetched.
        case badURL = "fetch_bad_url"
        /// Its scheme or port is not one that this worker fetches from.
        case refusedURL = "fetch_refused_url"
        /// The host is, or its name leads to, an address that is not of the public internet.
        case refusedAddress = "fetch_refused_address"
        /// The host's name has no address.
        case unresolved = "fetch_unresolved"
        /// Nobody answers at the host.
        case unreachable = "fetch_unreachable"
        /// The host could not prove who it is, or agrees on no TLS.
        case certificateRefused = "fetch_certificate_refused"
        /// Redirects that lead too far, in a circle, nowhere, or from https to http.
        case redirects = "fetch_redirects"
        /// The host answered with another status than success.
        case status = "fetch_status"
        /// There are more bytes than allowed.
        case tooLarge = "fetch_too_large"
        /// The bytes are compressed, though that was not asked for.
        case encoded = "fetch_encoded"
        /// What the host answers is not HTTP as it should be.
        case malformed = "fetch_malformed"
        /// The connection ended before the bytes did.
        case interrupted = "fetch_interrupted"
        /// Too little came for too long.
        case stalled = "fetch_stalled"
        /// It took longer than allowed altogether.
        case timeout = "fetch_timeout"
        /// This machine has no socket, thread or memory left for it.
        case exhausted = "fetch_exhausted"
        /// The worker's own settings for downloads are no use.
        case configurationInvalid = "fetch_configuration_invalid"
    }

    /// What went wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it.
    public var message: String
    /// The host that it happened with, as the URL writes it; nil where there is none yet.
    public var host: String?
    /// The status that the host answered with.
    public var status: Int?
    /// How many seconds the host wants to be left alone, where it said so.
    public var retryAfter: Int?

    /// Everything known about the failure.
    public init(
        _ code: Code, _ message: String, host: String? = nil, status: Int? = nil, retryAfter: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.host = host
        self.status = status
        self.retryAfter = retryAfter
    }

    /// Whether another attempt may succeed without anyone changing anything.
    public var isRetryable: Bool {
        switch code {
        case .unresolved, .unreachable, .interrupted, .stalled, .timeout, .exhausted: true
        case .status: status.map { $0 == 408 || $0 == 425 || $0 == 429 || (500...599).contains($0) } ?? false
        case .badURL, .refusedURL, .refusedAddress, .certificateRefused, .redirects, .tooLarge, .encoded, .malformed,
            .configurationInvalid:
            false
        }
    }
}

extension DownloadError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension JobFailure {
    /// A download that failed.
    public init(_ error: DownloadError) {
        self.init(code: error.code.rawValue, message: error.message, isRetryable: error.isRetryable)
    }
}
