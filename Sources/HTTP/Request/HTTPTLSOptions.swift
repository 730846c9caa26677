/// How a server proves who it is. Certificates are always checked.
public struct HTTPTLSOptions: Sendable, Equatable {
    /// The versions of TLS that may be the lowest.
    public enum Version: Sendable, Equatable {
        /// TLS 1.2.
        case tls12
        /// TLS 1.3.
        case tls13
    }

    /// A PEM file with the certificates of the authorities to trust, instead of those of the system; nil: the system's.
    public var authorityBundlePath: String?
    /// The lowest version that is accepted.
    public var minimumVersion = Version.tls12

    /// The options as they are documented.
    public init(authorityBundlePath: String? = nil) {
        self.authorityBundlePath = authorityBundlePath
    }
}
