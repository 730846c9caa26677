/// What the signature says about the body: the last line of a canonical request, and `x-amz-content-sha256`.
///
/// Source: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)", Amazon S3 API Reference.
public struct PayloadHash: Hashable, Sendable {
    /// 64 hexadecimal digits, or one of the constants.
    public let text: String

    private init(constant: String) { text = constant }

    /// The body is signed: its SHA-256.
    public init(_ digest: SHA256.Digest) { text = digest.hex }

    /// The body is signed. Throws `hashUnavailable`.
    public init(of body: [UInt8]) throws(SigningError) { self.init(try SHA256.hash(body)) }

    /// There is no body: the SHA-256 of nothing.
    public static let empty = PayloadHash(
        constant: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    /// The body is not signed. Always so in presigned URLs for S3.
    public static let unsigned = PayloadHash(constant: "UNSIGNED-PAYLOAD")
    /// The body comes in chunks, each signed (`ChunkSigner`).
    public static let streaming = PayloadHash(constant: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    /// The body comes in signed chunks, with signed headers after them.
    public static let streamingWithTrailer = PayloadHash(constant: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
    /// The body comes in chunks that are not signed, with headers after them.
    public static let streamingUnsignedWithTrailer = PayloadHash(constant: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
}
