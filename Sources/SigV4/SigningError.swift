/// Why something cannot be signed.
///
/// No secret, session token, signing key or signature is ever part of it. None of these conditions goes away by itself:
/// trying again is of no use.
public struct SigningError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable {
        /// An access key id, secret or session token that cannot be right: empty, or with white space around it.
        case invalidCredentials = "invalid_credentials"
        /// A region or service name that cannot be part of a credential scope.
        case invalidScope = "invalid_scope"
        /// An instant outside the years 1970 to 9999.
        case invalidTime = "invalid_time"
        /// A lifetime outside 1 second to 7 days.
        case invalidExpiry = "invalid_expiry"
        /// A scheme or authority that cannot begin a URL.
        case invalidOrigin = "invalid_origin"
        /// A path that is not percent-encoded where it must be.
        case invalidPath = "invalid_path"
        /// A method that is not a token of RFC 9110.
        case invalidMethod = "invalid_method"
        /// A header that HTTP does not allow, or that the signer itself sets.
        case invalidHeader = "invalid_header"
        /// A query parameter that the signer itself sets.
        case invalidQuery = "invalid_query"
        /// OpenSSL does not offer the hash function (MD5 in FIPS mode, for instance), or is out of memory.
        case hashUnavailable = "hash_unavailable"
    }

    /// What is wrong.
    public var code: Code
    /// One sentence: what is wrong, and what is taken.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension SigningError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
