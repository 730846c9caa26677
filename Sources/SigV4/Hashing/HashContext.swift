internal import COpenSSL

/// Owns an OpenSSL digest context, which is used for one message after the other.
///
/// A failure is remembered, and reported when the digest is asked for. It cannot be copied, so one thread at a time has
/// it.
struct HashContext: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer?
    private let algorithm: HashAlgorithm
    private var isSound: Bool

    /// Ready for a first message.
    init(_ algorithm: HashAlgorithm) {
        self.algorithm = algorithm
        context = algorithm.handle == nil ? nil : EVP_MD_CTX_new()
        isSound = context != nil && EVP_DigestInit_ex2(context, algorithm.handle, nil) == 1
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Forgets the message so far: ready for the next.
    mutating func restart() {
        guard context != nil else { return }
        // Without naming the algorithm again, the context is only reset.
        isSound = EVP_DigestInit_ex2(context, nil, nil) == 1
    }

    /// Takes more of the message.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard isSound, bytes.count > 0 else { return }
        isSound = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
    }

    /// Writes the digest, which must fit. To be followed by `restart()`. Throws `hashUnavailable`.
    mutating func finish(into digest: UnsafeMutableRawPointer) throws(SigningError) {
        guard isSound, EVP_DigestFinal_ex(context, digest.assumingMemoryBound(to: UInt8.self), nil) == 1 else {
            throw SigningError(.hashUnavailable, "OpenSSL does not offer \(algorithm.name) here")
        }
    }
}
