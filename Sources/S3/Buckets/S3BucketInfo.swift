/// What a HEAD says of a bucket.
public struct S3BucketInfo: Hashable, Sendable {
    /// The region that it is in, where the server says so.
    public var region: String?

    /// A bucket in a region.
    public init(region: String?) {
        self.region = region
    }
}
