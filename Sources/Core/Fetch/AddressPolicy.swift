/// Which addresses may be connected to for a URL that somebody else chose: those of the public internet, and those that the
/// operator allows.
///
/// An IPv6 address that only stands for an IPv4 one (mapped, NAT64) is judged as that one. Other forms that carry an IPv4
/// address (6to4, Teredo, compatible, translated) are refused whatever they carry.
public struct AddressPolicy: Hashable, Sendable {
    /// What is allowed besides the public internet. A cloud's metadata service is allowed only by a block of that one address.
    public var allowed: [AddressBlock]

    /// A policy with these exceptions.
    public init(allowed: [AddressBlock] = []) {
        self.allowed = allowed
    }

    /// Whether the address may be connected to.
    public func permits(_ address: InternetAddress) -> Bool {
        let meant = Self.meant(by: address)
        guard let meaning = Self.specialClass(of: meant) else { return true }
        return allowed.contains { block in
            (block.contains(meant) || block.contains(address)) && (meaning != .metadata || block.isSingleAddress)
        }
    }

    /// What the address is, if it is not one of the public internet.
    public static func specialClass(of address: InternetAddress) -> AddressClass? {
        let meant = meant(by: address)
        if metadataServices.contains(meant) { return .metadata }
        if let line = (meant.isIPv4 ? ipv4 : ipv6).first(where: { $0.block.contains(meant) }) { return line.meaning }
        return meant.isIPv4 || globalUnicast.contains { $0.contains(meant) } ? nil : .reserved
    }

    /// The IPv4 address that an IPv6 one stands for, else the address itself.
    static func meant(by address: InternetAddress) -> InternetAddress {
        guard embedding.contains(where: { $0.contains(address) }) else { return address }
        return InternetAddress(bytes: address.bytes.suffix(4)) ?? address
    }

    private static let metadataServices = Set(SpecialAddresses.metadataServices.compactMap { InternetAddress($0) })
    private static let ipv4 = blocks(SpecialAddresses.ipv4)
    private static let ipv6 = blocks(SpecialAddresses.ipv6)
    private static let globalUnicast = [SpecialAddresses.globalUnicast].compactMap { AddressBlock($0) }
    private static let embedding = SpecialAddresses.embedding.compactMap { AddressBlock($0) }

    private static func blocks(_ lines: [SpecialAddresses.Line]) -> [(block: AddressBlock, meaning: AddressClass)] {
        lines.compactMap { line in AddressBlock(line.block).map { ($0, line.meaning) } }
    }
}
