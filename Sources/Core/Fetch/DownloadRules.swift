/// What a worker downloads from: its operator's word, never SQL's.
public struct DownloadRules: Hashable, Sendable {
    /// Whether http URLs are fetched too. Redirects from https to http are refused all the same.
    public var allowsPlainHTTP = false
    /// The ports that a URL may name.
    public var ports: Set<UInt16> = [80, 443]
    /// The addresses that may be connected to.
    public var addresses = AddressPolicy()

    /// https only, at the usual ports, from the public internet.
    public init() {}

    /// The rules that an environment makes; a variable that is empty or missing leaves them as documented.
    ///
    /// - `S3CACHE_FETCH_HTTP`: `on` or `off`.
    /// - `S3CACHE_FETCH_PORTS`: ports, in place of 80 and 443.
    /// - `S3CACHE_FETCH_NETWORKS`: blocks of addresses to allow besides the public internet, such as `10.2.0.0/16`.
    ///
    /// Lists are separated by commas or spaces. Throws `configurationInvalid`, naming the variable.
    public init(environment: [String: String]) throws(DownloadError) {
        switch environment["S3CACHE_FETCH_HTTP", default: ""].lowercased() {
        case "", "off", "false", "no", "0": break
        case "on", "true", "yes", "1": allowsPlainHTTP = true
        default: throw Self.invalid("S3CACHE_FETCH_HTTP", "is neither on nor off")
        }
        let ports = Self.list(environment["S3CACHE_FETCH_PORTS"])
        if !ports.isEmpty { self.ports = [] }
        for text in ports {
            guard text.utf8.allSatisfy(\.isDigit), let port = UInt16(text), port > 0 else {
                throw Self.invalid("S3CACHE_FETCH_PORTS", "has an entry that is no port; ports are 1 to 65535")
            }
            self.ports.insert(port)
        }
        for text in Self.list(environment["S3CACHE_FETCH_NETWORKS"]) {
            guard let block = AddressBlock(text) else {
                throw Self.invalid(
                    "S3CACHE_FETCH_NETWORKS",
                    "has an entry that is no block of addresses; write it as 10.2.0.0/16, with zeros behind the prefix")
            }
            addresses.allowed.append(block)
        }
    }

    /// Throws `refusedURL` or `refusedAddress` unless the URL may be fetched, as far as its text tells: where a name leads is
    /// seen when it is connected to.
    public func admit(_ url: UntrustedURL) throws(DownloadError) {
        let host = url.host.text
        guard url.isSecure || allowsPlainHTTP else {
            throw DownloadError(
                .refusedURL,
                "This worker fetches by https only; ask \(host) by https, or have its operator allow http.",
                host: host)
        }
        guard ports.contains(url.port) else {
            throw DownloadError(
                .refusedURL,
                "This worker does not fetch from port \(url.port) of \(host); use the usual port, or have its operator allow "
                    + "this one.", host: host)
        }
        if case .address(let address) = url.host, !addresses.permits(address) { throw Self.refusedAddress(host) }
    }

    /// The host is not one that may be connected to. The same sentence for each of the reasons, and no address.
    public static func refusedAddress(_ host: String) -> DownloadError {
        DownloadError(
            .refusedAddress,
            "The host \(host) is not on the public internet, as far as this worker sees; give another, or have its operator "
                + "allow the network.", host: host)
    }

    private static func list(_ text: String?) -> [Substring] {
        (text ?? "").split { $0 == "," || $0.isWhitespace }
    }

    private static func invalid(_ variable: String, _ what: String) -> DownloadError {
        DownloadError(.configurationInvalid, "\(variable) in the worker's environment \(what).")
    }
}
