/// MD5 (RFC 1321) where a protocol insists on it: `Content-MD5`, and ETags of single-part objects. Never for security.
public struct MD5: ~Copyable, Sendable {
    private var context = HashContext(.md5)

    /// Ready for the first piece.
    public init() {}

    /// Takes the next piece.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// Takes the next piece.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { context.update($0) } }

    /// The 16 bytes of the digest of everything taken. Throws `hashUnavailable`: FIPS mode has no MD5.
    public consuming func finalize() throws(SigningError) -> [UInt8] { try restart() }

    /// The same; what is taken then is another message. Throws `hashUnavailable`: FIPS mode has no MD5.
    public mutating func restart() throws(SigningError) -> [UInt8] {
        var vector = SIMD16<UInt8>()
        try withUnsafeMutableBytes(of: &vector) { buffer throws(SigningError) in
            if let address = buffer.baseAddress { try context.finish(into: address) }
        }
        context.restart()
        return vector.indices.map { vector[$0] }
    }

    /// The 16 bytes of the digest of a whole message. Throws `hashUnavailable`.
    public static func hash(_ bytes: [UInt8]) throws(SigningError) -> [UInt8] {
        var hash = MD5()
        hash.update(bytes)
        return try hash.finalize()
    }

    /// The value of a `Content-MD5` header for a body: 24 characters of base64. Throws `hashUnavailable`.
    public static func contentMD5(of body: [UInt8]) throws(SigningError) -> String {
        Base64.encode(try hash(body))
    }
}
