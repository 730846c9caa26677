/// All addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291, 2.3).
public struct AddressBlock: Hashable, Sendable {
    /// Its first address: what is behind the prefix is zero.
    public let first: InternetAddress
    /// How many bits its addresses have in common.
    public let prefixLength: Int

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
    ///
    /// Nil for anything else, and where bits are set behind the prefix: `10.1.0.0/8` is a mistake more often than a block.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ InternetAddress($0) }) else { return nil }
        let width = address.bytes.count * 8
        var length = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy(\.isDigit), let number = Int(parts[1]),
                (0...width).contains(number)
            else { return nil }
            length = number
        }
        self.init(address, length)
    }

    /// Nil where bits are set behind the prefix, or it is longer than the address.
    init?(_ first: InternetAddress, _ prefixLength: Int) {
        guard (0...first.bytes.count * 8).contains(prefixLength) else { return nil }
        for (index, byte) in first.bytes.enumerated() {
            guard byte & ~Self.mask(ofByte: index, prefixLength) == 0 else { return nil }
        }
        self.first = first
        self.prefixLength = prefixLength
    }

    /// Whether it is one address alone.
    public var isSingleAddress: Bool { prefixLength == first.bytes.count * 8 }

    /// Whether the address is one of its own. Blocks of IPv4 contain no address of IPv6, and the other way round.
    public func contains(_ address: InternetAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        return first.bytes.indices.allSatisfy { index in
            address.bytes[index] & Self.mask(ofByte: index, prefixLength) == first.bytes[index]
        }
    }

    private static func mask(ofByte index: Int, _ prefixLength: Int) -> UInt8 {
        let bits = min(8, max(0, prefixLength - index * 8))
        return bits == 0 ? 0 : ~UInt8(0) << (8 - bits)
    }
}

extension AddressBlock: CustomStringConvertible {
    /// `10.0.0.0/8`.
    public var description: String { "\(first)/\(prefixLength)" }
}
