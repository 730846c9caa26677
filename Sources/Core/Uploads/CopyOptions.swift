/// How an object is copied within its bucket.
public struct CopyOptions: Hashable, Sendable {
    /// The etag that the object must have: throws `preconditionFailed` where it has another. Nil: whatever is there.
    public var etag: String?
    /// Throws `alreadyExists` where the target is there. Stores in which `checksAbsence` does not hold look before they copy.
    public var ifAbsent = false
    /// The canned ACL of the copy, such as `public-read`: ACLs are not copied. Nil: the bucket's rule.
    public var acl: String?
    /// What is larger is copied in parts, where the store has such a thing: bytes. S3 copies 5 GiB at once, no more.
    public var threshold: Int64 = 5 << 30
    /// The size of such a part unless that would make too many: bytes, 5 MiB at least and 5 GiB at most.
    public var partSize: Int64 = 256 << 20

    /// A copy of what is there, replacing what was at its place.
    public init() {}
}
