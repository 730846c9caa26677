extension UntrustedURL.Host {
    /// How a URL writes it: an address of IPv6 in brackets.
    public var text: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.isIPv4 ? "\(address)" : "[\(address)]"
        }
    }

    /// Reads what a URL has between its slashes and its port. Throws `badURL`.
    init(parsing bytes: ArraySlice<UInt8>) throws(DownloadError) {
        if bytes.first == UInt8(ascii: "[") {
            self = .address(try Self.bracketed(bytes.dropFirst().dropLast()))
            return
        }
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw UntrustedURL.bad("has a host with letters beyond ASCII; write it in its ASCII form, xn--…")
        }
        // Percent signs, backslashes and other brackets are what readers of URLs disagree about.
        guard bytes.allSatisfy({ $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }) else {
            throw UntrustedURL.bad(
                "has a host with characters that no name has: letters, digits, hyphens and dots only")
        }
        let isRooted = bytes.last == UInt8(ascii: ".")
        let name = String(decoding: isRooted ? bytes.dropLast() : bytes, as: UTF8.self).lowercased()
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy({ (1...63).contains($0.count) }) else {
            throw UntrustedURL.bad("has a host that is no name: parts of 1 to 63 characters, 253 altogether")
        }
        guard let last = labels.last, !Self.isNumber(last) else {
            guard !isRooted, let address = InternetAddress(name) else {
                throw UntrustedURL.bad(
                    "has a number for a host; write an IPv4 address as four decimal numbers without leading zeros")
            }
            self = .address(address)
            return
        }
        self = .name(name)
    }

    private static func bracketed(_ bytes: ArraySlice<UInt8>) throws(DownloadError) -> InternetAddress {
        guard let address = InternetAddress(String(decoding: bytes, as: UTF8.self)), !address.isIPv4 else {
            throw UntrustedURL.bad("has no IPv6 address between [ and ]; zones are not accepted either")
        }
        return address
    }

    /// Whether `inet_aton` could take a host with this last part for an address: `1`, `0x7f`, `017`.
    private static func isNumber(_ label: some Collection<UInt8>) -> Bool {
        if label.allSatisfy(\.isDigit) { return true }
        return label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy(\.isHexDigit)
    }
}
