extension SHA256 {
    /// What SHA-256 makes of a message: 32 bytes.
    public struct Digest: Hashable, Sendable {
        var vector = SIMD32<UInt8>()

        /// The 32 bytes.
        public var bytes: [UInt8] { vector.indices.map { vector[$0] } }

        /// 64 lower-case hexadecimal digits: the form of `x-amz-content-sha256`.
        public var hex: String { Hex.encode(bytes) }

        /// 44 characters: the form of `x-amz-checksum-sha256`.
        public var base64: String { Base64.encode(bytes) }

        /// Calls `body` with the 32 bytes.
        func withBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try withUnsafeBytes(of: vector, body)
        }
    }
}

extension SHA256.Digest: CustomStringConvertible {
    /// The hexadecimal form.
    public var description: String { hex }
}

extension HashContext {
    /// The SHA-256 of the message so far. To be followed by `restart()`. Throws `hashUnavailable`.
    mutating func digest() throws(SigningError) -> SHA256.Digest {
        var digest = SHA256.Digest()
        try withUnsafeMutableBytes(of: &digest.vector) { buffer throws(SigningError) in
            // A vector is never empty, so its buffer has an address.
            if let address = buffer.baseAddress { try finish(into: address) }
        }
        return digest
    }
}
