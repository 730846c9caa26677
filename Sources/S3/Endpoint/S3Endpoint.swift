internal import HTTP
public import SigV4

/// The server that requests go to: scheme, host and port.
///
/// ```swift
/// let own = try S3Endpoint("http://localhost:9000")
/// let aws = try S3Endpoint(awsRegion: "eu-central-1")
/// ```
public struct S3Endpoint: Hashable, Sendable {
    /// Scheme, host and port, without any bucket.
    public let origin: Origin

    private let host: String
    private let port: String

    /// Reads `http://` or `https://`, a host and an optional port; a `/` at the end may follow.
    ///
    /// Throws `invalidEndpoint` for anything else. The error never shows the text, which may hold a password.
    public init(_ text: String) throws(S3Error) {
        guard let separator = text.firstRange(of: "://") else { throw Self.invalid("has no scheme") }
        let scheme = Origin.Scheme(rawValue: text[..<separator.lowerBound].lowercased())
        guard let scheme else { throw Self.invalid("is neither http nor https") }
        var authority = text[separator.upperBound...]
        guard !authority.contains("?"), !authority.contains("#") else { throw Self.invalid("has a query or fragment") }
        if authority.last == "/" { authority.removeLast() }
        guard !authority.contains("@") else { throw Self.invalid("has a user or password in it") }
        guard !authority.contains("/") else { throw Self.invalid("has a path") }
        guard let (host, port) = Self.split(authority) else { throw Self.invalid("has no valid host and port") }
        try self.init(scheme: scheme, host: host, port: port)
    }

    /// AWS's own for a region: `https://s3.eu-central-1.amazonaws.com`.
    ///
    /// Throws `invalidEndpoint` for what cannot be a region's name.
    public init(awsRegion region: String) throws(S3Error) {
        guard RegionName.isValid(region) else {
            throw S3Error(
                .invalidEndpoint, "The region is not valid: give its name, such as us-east-1.", operation: "Configure")
        }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        try self.init(scheme: .https, host: "s3.\(region).\(domain)", port: "")
    }

    private init(scheme: Origin.Scheme, host: String, port: String) throws(S3Error) {
        self.host = host.lowercased()
        self.port = port
        do {
            origin = try Origin(scheme: scheme, authority: self.host + port)
        } catch {
            throw Self.invalid("has no valid host and port")
        }
    }

    /// Whether AWS runs it, in any of its forms.
    public var isAWS: Bool { host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn") }

    /// Whether its host is an IP address, before which no bucket can stand.
    var isAddress: Bool { host.hasPrefix("[") || IPAddress(host) != nil }

    /// The region in its name, where that is the plain form that `init(awsRegion:)` makes.
    var awsRegion: String? {
        guard port.isEmpty, origin.scheme == .https, host.hasPrefix("s3."), isAWS else { return nil }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let plainCount = host.hasSuffix(".cn") ? 5 : 4
        return labels.count == plainCount ? String(labels[1]) : nil
    }

    /// The same with a bucket's name before the host.
    func origin(of bucket: String) throws(SigningError) -> Origin {
        try Origin(scheme: origin.scheme, authority: "\(bucket).\(host)\(port)")
    }

    private static func split(_ authority: Substring) -> (host: String, port: String)? {
        let host: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            guard let address = IPAddress(String(host.dropFirst().dropLast())), !address.isIPv4 else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            guard isHostName(host) else { return nil }
        }
        let port = authority[host.endIndex...]
        guard !port.isEmpty else { return (String(host), "") }
        let digits = port.dropFirst()
        guard port.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits),
            number > 0
        else { return nil }
        return (String(host), ":\(number)")
    }

    private static func isHostName(_ host: Substring) -> Bool {
        let isFit = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            default: false
            }
        }
        return isFit && !host.isEmpty && host.first != "." && host.first != "-" && !host.contains("..")
    }

    private static func invalid(_ reason: String) -> S3Error {
        S3Error(
            .invalidEndpoint,
            "The endpoint \(reason): give scheme, host and perhaps a port, such as https://s3.example.com:9000.",
            operation: "Configure")
    }
}

extension S3Endpoint: CustomStringConvertible {
    /// `https://s3.example.com:9000`.
    public var description: String { origin.description }
}
