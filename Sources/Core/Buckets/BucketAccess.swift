/// What of a bucket is open to everyone, without credentials.
public struct BucketAccess: Hashable, Sendable {
    /// Whether everyone may put objects there, or delete them.
    public var isWritable: Bool
    /// Whether everyone may read or list objects.
    public var isReadable: Bool
    /// Whether the server keeps it from being opened at all; nil where it does not know of such a thing.
    public var isBlocked: Bool?

    /// What is known of a bucket.
    public init(isWritable: Bool, isReadable: Bool, isBlocked: Bool?) {
        self.isWritable = isWritable
        self.isReadable = isReadable
        self.isBlocked = isBlocked
    }
}
