public import SigV4

/// What a body's bytes are.
public struct S3BodyDigests: Hashable, Sendable {
    /// Signed with the request: every server compares it with what came.
    public var sha256: SHA256.Digest
    /// Compared with the etag where that is an MD5; nil where it is not known.
    public var md5: [UInt8]?

    /// These digests.
    public init(sha256: SHA256.Digest, md5: [UInt8]? = nil) {
        self.sha256 = sha256
        self.md5 = md5
    }
}
