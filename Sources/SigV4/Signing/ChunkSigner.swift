/// Signs the chunks of a body sent as `aws-chunked`: each signature covers the one before.
///
/// Begin with the signature of a request whose payload is `.streaming` or `.streamingWithTrailer`; end with an empty
/// chunk.
///
/// Source: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks (Chunked
/// Upload)", Amazon S3 API Reference, and its page on trailing headers.
public struct ChunkSigner: Sendable {
    private let key: SigningKey
    private let time: SigningTime
    private var previous: String

    /// Takes the signature of the request's headers, and the time at which they were signed.
    public init(key: SigningKey, at time: SigningTime, seedSignature: String) {
        self.key = key
        self.time = time
        previous = seedSignature
    }

    /// The signature of the next chunk. Throws `hashUnavailable`.
    public mutating func signature(ofChunk digest: SHA256.Digest) throws(SigningError) -> String {
        try sign("AWS4-HMAC-SHA256-PAYLOAD", ["\(PayloadHash.empty.text)", digest.hex])
    }

    /// The signature of the headers that follow the last chunk: `name:value` and a line feed each, sorted by name.
    /// Throws `hashUnavailable`.
    public mutating func signature(ofTrailer canonicalHeaders: String) throws(SigningError) -> String {
        try sign("AWS4-HMAC-SHA256-TRAILER", [try SHA256.hash(canonicalHeaders).hex])
    }

    private mutating func sign(_ algorithm: String, _ hashes: [String]) throws(SigningError) -> String {
        let lines = [algorithm, time.description, key.scope.description, previous] + hashes
        previous = try key.signature(of: lines.joined(separator: "\n"))
        return previous
    }
}

extension ChunkSigner: CustomStringConvertible, CustomReflectable {
    /// The scope only.
    public var description: String { "ChunkSigner(\(key.scope))" }

    /// What `dump` shows: the scope only.
    public var customMirror: Mirror { Mirror(self, children: ["scope": key.scope.description]) }
}
