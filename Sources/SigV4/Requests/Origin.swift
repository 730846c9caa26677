/// Where a request goes: scheme, host and port.
///
/// It keeps two forms of the host: as the URL has it, and as the `Host` header must have it for the signature to fit
/// (lower-case, without the scheme's own port).
public struct Origin: Hashable, Sendable {
    /// How the server is spoken to.
    public enum Scheme: String, Hashable, Sendable {
        /// Without TLS.
        case http
        /// With TLS.
        case https
    }

    /// How the server is spoken to.
    public let scheme: Scheme
    /// Host and port as given: `Example.com:443`.
    public let authority: String
    /// The value of the `Host` header, which is signed: `example.com`.
    public let host: String

    /// Takes host and optional port as they are to stand in the URL: `s3.example.com`, `localhost:9000`, `[::1]:9000`.
    ///
    /// Throws `invalidOrigin` if it is empty, or has anything but letters, digits and `-._~:[]%` in it: user
    /// information in particular.
    public init(scheme: Scheme, authority: String) throws(SigningError) {
        let isFit = authority.utf8.allSatisfy { byte in
            PercentEncoding.keeps(byte, .component) || ":[]%".utf8.contains(byte)
        }
        guard !authority.isEmpty, isFit else {
            throw SigningError(
                .invalidOrigin, "a host is letters, digits, '-', '.' and perhaps a port; give nothing else")
        }
        self.scheme = scheme
        self.authority = authority
        let defaultPort = scheme == .https ? ":443" : ":80"
        host =
            authority.hasSuffix(defaultPort) && authority.utf8.count > defaultPort.utf8.count
            ? authority.dropLast(defaultPort.count).lowercased() : authority.lowercased()
    }
}

extension Origin: CustomStringConvertible {
    /// `https://example.com:8443`.
    public var description: String { "\(scheme.rawValue)://\(authority)" }
}
