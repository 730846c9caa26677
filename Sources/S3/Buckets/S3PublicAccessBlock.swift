/// What keeps a bucket from being opened to everyone.
public struct S3PublicAccessBlock: Hashable, Sendable {
    /// ACLs that would open it are refused.
    public var blocksACLs = false
    /// ACLs that open it are passed over.
    public var ignoresACLs = false
    /// Policies that would open it are refused.
    public var blocksPolicies = false
    /// A policy that opens it is passed over for everyone but its owner and AWS services.
    public var restrictsBuckets = false

    /// Nothing is kept from anyone.
    public init() {}

    /// Whether everything is.
    public var isComplete: Bool { blocksACLs && ignoresACLs && blocksPolicies && restrictsBuckets }

    /// Everything.
    public static var complete: S3PublicAccessBlock {
        var block = S3PublicAccessBlock()
        for (_, part) in parts { block[keyPath: part] = true }
        return block
    }

    static var parts: [(name: String, path: WritableKeyPath<S3PublicAccessBlock, Bool>)] {
        [
            ("BlockPublicAcls", \.blocksACLs), ("IgnorePublicAcls", \.ignoresACLs),
            ("BlockPublicPolicy", \.blocksPolicies), ("RestrictPublicBuckets", \.restrictsBuckets),
        ]
    }
}
