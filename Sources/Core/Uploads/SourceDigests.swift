/// What a source's bytes are, beyond doubt.
public struct SourceDigests: Hashable, Sendable {
    /// How the parts were cut.
    public var plan: MultipartPlan
    /// The SHA-256 of the whole: 32 bytes.
    public var sha256: [UInt8]
    /// The MD5 of the whole; nil where the system has none (FIPS).
    public var md5: [UInt8]?
    /// The SHA-256 of each part, in order.
    public var parts: [[UInt8]]

    /// The digests of a source that was read.
    public init(plan: MultipartPlan, sha256: [UInt8], md5: [UInt8]?, parts: [[UInt8]]) {
        self.plan = plan
        self.sha256 = sha256
        self.md5 = md5
        self.parts = parts
    }
}
