/// HMAC-SHA256 (RFC 2104) with one key, whose pads are computed once.
///
/// Hashing a pad again costs less than copying an OpenSSL context, so a message costs no allocation.
public struct HMACSHA256: Sendable {
    private let pads: KeyPads

    /// Takes a key of any length. Throws `hashUnavailable`.
    public init(key: UnsafeRawBufferPointer) throws(SigningError) {
        guard key.count > KeyPads.blockLength else {
            pads = KeyPads(key: key)
            return
        }
        pads = try SHA256.hash(key).withBytes { KeyPads(key: $0) }
    }

    /// Takes a key of any length. Throws `hashUnavailable`.
    public init(key: [UInt8]) throws(SigningError) {
        self = try key.withUnsafeBufferPointer { bytes throws(SigningError) in
            try HMACSHA256(key: UnsafeRawBufferPointer(bytes))
        }
    }

    /// 64 bytes: the key XOR `ipad`. SHA-256 over these and the message is the inner digest. As secret as the key.
    public var innerPad: [UInt8] { Array(pads.inner) }

    /// 64 bytes: the key XOR `opad`. SHA-256 over these and the inner digest is the code. As secret as the key.
    public var outerPad: [UInt8] { Array(pads.outer) }

    /// The authentication code of a message. Throws `hashUnavailable`.
    public func authenticate(_ message: [UInt8]) throws(SigningError) -> SHA256.Digest {
        try message.withUnsafeBufferPointer { bytes throws(SigningError) in
            var context = HashContext(.sha256)
            return try authenticate(UnsafeRawBufferPointer(bytes), with: &context)
        }
    }

    /// The authentication code of a message, by a context that may be used before and after.
    func authenticate(
        _ message: UnsafeRawBufferPointer, with context: inout HashContext
    ) throws(SigningError) -> SHA256.Digest {
        context.restart()
        context.update(pads.inner)
        context.update(message)
        let inner = try context.digest()
        context.restart()
        context.update(pads.outer)
        inner.withBytes { context.update($0) }
        return try context.digest()
    }
}

extension HMACSHA256: CustomStringConvertible, CustomReflectable {
    /// Says nothing about the key.
    public var description: String { "HMACSHA256(key hidden)" }

    /// Says nothing about the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
