/// In what services differ.
public struct SigningRules: Hashable, Sendable {
    /// How the path of the canonical request is made of the path that is sent.
    public enum CanonicalPath: Hashable, Sendable {
        /// It is the same: S3.
        case asSent
        /// The path that is sent is encoded once more.
        case encodedAgain
        /// Dot segments and empty segments are removed, then it is encoded once more: everyone else.
        case normalizedAndEncodedAgain
    }

    /// How the path of the canonical request is made.
    public var canonicalPath: CanonicalPath
    /// Whether `x-amz-content-sha256` is sent and signed.
    public var sendsPayloadHash: Bool
    /// Whether a session token is signed; otherwise it is added after signing.
    public var signsSessionToken: Bool

    /// Any combination.
    public init(canonicalPath: CanonicalPath, sendsPayloadHash: Bool, signsSessionToken: Bool = true) {
        self.canonicalPath = canonicalPath
        self.sendsPayloadHash = sendsPayloadHash
        self.signsSessionToken = signsSessionToken
    }

    /// Amazon S3 and what is compatible with it.
    public static let s3 = SigningRules(canonicalPath: .asSent, sendsPayloadHash: true)
    /// The other services.
    public static let generic = SigningRules(canonicalPath: .normalizedAndEncodedAgain, sendsPayloadHash: false)
}
