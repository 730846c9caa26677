/// How an object is copied. What is kept beside its bytes is copied too, but for what is named here.
public struct S3CopyOptions: Hashable, Sendable {
    /// The etag that the source must have: throws `preconditionFailed` where it has another.
    public var ifMatch: String?
    /// The storage class of the copy; nil: the server's own choice, whatever the source's is.
    public var storageClass: String?
    /// A canned access control list, such as `public-read`; nil: the bucket's rule, whatever the source's is.
    public var acl: String?
    /// How the server encrypts the copy; nil: as the bucket says, whatever the source's is.
    public var encryption: S3Encryption?
    /// Bytes of the source, where they are known: the server gets the time that they take.
    public var size: Int64 = 0

    /// A copy of whatever is there.
    public init() {}
}
