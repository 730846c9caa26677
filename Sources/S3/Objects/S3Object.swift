/// An object with its bytes.
public struct S3Object: Hashable, Sendable {
    /// What is known of it.
    public var metadata: S3ObjectMetadata
    /// The bytes that were asked for.
    public var bytes: [UInt8]
}
