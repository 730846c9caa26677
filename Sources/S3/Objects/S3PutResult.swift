/// What a server says of an object that it has stored.
public struct S3PutResult: Hashable, Sendable {
    /// Without its quotes.
    public var etag: String
    /// The new version, in buckets that keep versions.
    public var versionID: String?
    /// When the object was written, in microseconds since 1970, where an earlier call had stored it; nil: during this one.
    public var lastModified: Int64?

    /// An answer.
    public init(etag: String, versionID: String? = nil, lastModified: Int64? = nil) {
        self.etag = etag
        self.versionID = versionID
        self.lastModified = lastModified
    }
}
