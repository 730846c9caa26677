public import Core

/// What a store can do beyond the least that every S3 server can; rules leave out the keys that need more.
///
/// The contract asks for everything. Some S3 servers fall short of it, mostly for the sake of their own file system.
public struct StoreCapabilities: OptionSet, Sendable {
    /// One bit for each capability.
    public let rawValue: Int

    /// The capabilities of a number of bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Keys with control characters or others that XML 1.0 cannot carry.
    public static let controlCharacters = StoreCapabilities(rawValue: 1 << 0)
    /// Keys with a component `.` or `..`.
    public static let dotComponents = StoreCapabilities(rawValue: 1 << 1)
    /// Keys with a leading or a doubled slash.
    public static let emptyComponents = StoreCapabilities(rawValue: 1 << 2)
    /// Keys that end with a slash.
    public static let trailingSlashes = StoreCapabilities(rawValue: 1 << 3)
    /// Keys with more than 255 bytes between two slashes.
    public static let longComponents = StoreCapabilities(rawValue: 1 << 4)
    /// `a` beside `a/b`.
    public static let nestedKeys = StoreCapabilities(rawValue: 1 << 5)
    /// Comparing bytes with the checksum that they must have.
    public static let checksums = StoreCapabilities(rawValue: 1 << 6)

    /// The whole contract.
    public static let everything: StoreCapabilities = [
        .controlCharacters, .dotComponents, .emptyComponents, .trailingSlashes, .longComponents, .nestedKeys,
        .checksums,
    ]

    /// What a store must be capable of to keep a key (beside others that do not nest with it).
    public init(neededFor key: ObjectKey) {
        self = []
        if key.string.unicodeScalars.contains(where: Self.isUnprintable) { insert(.controlCharacters) }
        var components = key.string.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if components.last?.isEmpty == true {
            insert(.trailingSlashes)
            components.removeLast()
        }
        for component in components {
            if component.isEmpty { insert(.emptyComponents) }
            if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) { insert(.dotComponents) }
            if component.count > 255 { insert(.longComponents) }
        }
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
    }
}
