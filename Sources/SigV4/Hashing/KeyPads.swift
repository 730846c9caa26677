internal import COpenSSL

/// The two blocks that HMAC hashes before message and inner digest: 64 bytes each, the key's XOR with `ipad` and `opad`.
///
/// As good as the key. The memory is wiped when the last owner lets go.
final class KeyPads: @unchecked Sendable {
    // Written once, in init.
    private let memory: UnsafeMutableRawBufferPointer

    /// 64 bytes: the key XOR 0x36.
    var inner: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<Self.blockLength]) }
    /// 64 bytes: the key XOR 0x5c.
    var outer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[Self.blockLength...]) }

    static let blockLength = 64

    /// The pads of a key of at most 64 bytes; what is longer must be hashed before, and is cut here.
    init(key: UnsafeRawBufferPointer) {
        memory = .allocate(byteCount: 2 * Self.blockLength, alignment: 16)
        for index in 0..<Self.blockLength {
            let byte = index < key.count ? key[index] : 0
            memory[index] = byte ^ 0x36
            memory[Self.blockLength + index] = byte ^ 0x5c
        }
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }
}
