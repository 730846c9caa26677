extension SHA256 {
    /// What SHA-256 makes of a message: 32 bytes.
    public struct Digest: Hashable, Sendable {
        // Not one SIMD32: in the frame of an async function nothing lies at more than a multiple of 16, and code that is not optimised
        // would write beyond it.
        private var first = SIMD16<UInt8>()
        private var second = SIMD16<UInt8>()

        init() {}

        /// A digest that was made elsewhere; nil unless it has 32 bytes.
        public init?(bytes: some Collection<UInt8>) {
            guard bytes.count == SHA256.digestLength else { return nil }
            withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes) }
        }

        /// The 32 bytes.
        public var bytes: [UInt8] { withBytes { Array($0) } }

        /// 64 lower-case hexadecimal digits: the form of `x-amz-content-sha256`.
        public var hex: String { Hex.encode(bytes) }

        /// 44 characters: the form of `x-amz-checksum-sha256`.
        public var base64: String { Base64.encode(bytes) }

        /// Calls `body` with the 32 bytes.
        func withBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try withUnsafeBytes(of: self, body)
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
        try withUnsafeMutableBytes(of: &digest) { buffer throws(SigningError) in
            // A digest is never empty, so its buffer has an address.
            if let address = buffer.baseAddress { try finish(into: address) }
        }
        return digest
    }
}
