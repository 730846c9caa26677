/// A URL that somebody else chose, in the one form in which it is fetched.
///
/// Whatever two readers of URLs could understand differently is refused, not guessed at: users, other schemes, percent signs,
/// backslashes and letters beyond ASCII in the host, and IPv4 addresses in any form but `192.0.2.1`. So the host that is
/// judged is the host that is asked. Whether it may be fetched is for `DownloadRules` to say.
///
/// ```swift
/// let url = try UntrustedURL("HTTPS://Example.com:443/a b/../c#top")
/// url.text  // "https://example.com/c"
/// ```
public struct UntrustedURL: Hashable, Sendable {
    /// The host of a URL.
    public enum Host: Hashable, Sendable {
        /// A name, in lower case, without the dot at its end.
        case name(String)
        /// An address, given as such.
        case address(InternetAddress)
    }

    /// Whether the scheme is https; else it is http.
    public let isSecure: Bool
    /// The host.
    public let host: Host
    /// The port, given or the scheme's own.
    public let port: UInt16
    /// Path and query as they are sent: printable ASCII, beginning with a slash, without `.` and `..`.
    public let target: String

    /// How many bytes a URL may have.
    public static let maximumLength = 2_048
    /// How many bytes a server's redirect may have: servers sign URLs.
    public static let maximumReferenceLength = 8_192

    /// Reads an absolute http or https URL. Its fragment is dropped.
    ///
    /// What is not ASCII in path and query is percent-encoded. Throws `badURL`.
    public init(_ text: String) throws(DownloadError) {
        let bytes = try URLParts.check(text, maximumLength: Self.maximumLength)
        let parts = URLParts(bytes)
        guard let scheme = parts.scheme else {
            throw Self.bad("is not absolute; begin it with https://")
        }
        try self.init(scheme: scheme, parts)
    }

    /// Where a redirect leads from here (RFC 3986, 5.2): an absolute or a relative reference. Throws `badURL`.
    public func resolving(_ reference: String) throws(DownloadError) -> UntrustedURL {
        let bytes = try URLParts.check(reference, maximumLength: Self.maximumReferenceLength)
        let parts = URLParts(bytes)
        if let scheme = parts.scheme { return try UntrustedURL(scheme: scheme, parts) }
        if parts.authority != nil { return try UntrustedURL(scheme: isSecure ? "https" : "http", parts) }
        var path = parts.path
        var query = parts.query
        let own = URLParts.splitQuery(Array(target.utf8)[...])
        if path.isEmpty {
            path = own.path
            query = query ?? own.query
        } else if path.first != UInt8(ascii: "/") {
            path = own.path[...(own.path.lastIndex(of: UInt8(ascii: "/")) ?? own.path.startIndex)] + path
        }
        return UntrustedURL(isSecure: isSecure, host: host, port: port, target: URLParts.target(path, query))
    }

    private init(isSecure: Bool, host: Host, port: UInt16, target: String) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.target = target
    }

    private init(scheme: String, _ parts: URLParts) throws(DownloadError) {
        guard scheme == "https" || scheme == "http" else {
            throw Self.bad("is neither https nor http; give one that a browser could download")
        }
        guard let authority = parts.authority, !authority.isEmpty else {
            throw Self.bad("names no host; write it as https://host/path")
        }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Self.bad("contains a user or an @ before its path; leave that out")
        }
        isSecure = scheme == "https"
        let hostEnd = try Self.endOfHost(authority)
        host = try Host(parsing: authority[..<hostEnd])
        port = try Self.port(authority[hostEnd...], isSecure: isSecure)
        target = URLParts.target(parts.path, parts.query)
    }

    /// The end of the host: behind the bracket of an IPv6 address, else before the colon.
    private static func endOfHost(_ authority: ArraySlice<UInt8>) throws(DownloadError) -> Int {
        guard authority.first == UInt8(ascii: "[") else {
            return authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        }
        guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else {
            throw bad("has a host that begins with [ and does not end with ]")
        }
        return bracket + 1
    }

    private static func port(_ text: ArraySlice<UInt8>, isSecure: Bool) throws(DownloadError) -> UInt16 {
        let usual: UInt16 = isSecure ? 443 : 80
        guard let colon = text.first else { return usual }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy(\.isDigit) else {
            throw bad("has something else than a port behind its host")
        }
        guard !digits.isEmpty else { return usual }
        guard let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0 else {
            throw bad("has a port that does not exist; ports are 1 to 65535")
        }
        return port
    }

    static func bad(_ what: String) -> DownloadError {
        DownloadError(.badURL, "The URL \(what).")
    }
}

extension UntrustedURL {
    /// Scheme, host and, unless it is the scheme's own, port: `https://example.com`.
    public var origin: String {
        let usual: UInt16 = isSecure ? 443 : 80
        return (isSecure ? "https://" : "http://") + host.text + (port == usual ? "" : ":\(port)")
    }

    /// All of it. URLs that differ only in ways that make no difference have the same text.
    public var text: String { origin + target }
}

extension UntrustedURL: CustomStringConvertible, CustomReflectable {
    /// The URL without its query, which may hold a secret.
    public var description: String { origin + target.prefix { $0 != "?" } }

    /// What `dump` shows: the description.
    public var customMirror: Mirror { Mirror(self, unlabeledChildren: [description]) }
}
