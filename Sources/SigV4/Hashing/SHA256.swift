/// SHA-256 of a message that arrives in pieces (FIPS 180-4).
///
///     var hash = SHA256()
///     hash.update(piece)
///     let digest = try hash.finalize()
public struct SHA256: ~Copyable, Sendable {
    /// 32 bytes.
    public static let digestLength = 32

    private var context = HashContext(.sha256)

    /// Ready for the first piece.
    public init() {}

    /// Takes the next piece.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// Takes the next piece.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { context.update($0) } }

    /// The digest of everything taken. Throws `hashUnavailable`.
    public consuming func finalize() throws(SigningError) -> Digest { try context.digest() }

    /// The digest of everything taken; what is taken then is another message. Throws `hashUnavailable`.
    public mutating func restart() throws(SigningError) -> Digest {
        let digest = try context.digest()
        context.restart()
        return digest
    }

    /// The digest of a whole message. Throws `hashUnavailable`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) throws(SigningError) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return try hash.finalize()
    }

    /// The digest of a whole message. Throws `hashUnavailable`.
    public static func hash(_ bytes: [UInt8]) throws(SigningError) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return try hash.finalize()
    }

    /// The digest of a text's UTF-8. Throws `hashUnavailable`.
    public static func hash(_ text: String) throws(SigningError) -> Digest { try hash(Array(text.utf8)) }
}
