/// What a server says of an object that it has stored.
public struct S3PutResult: Hashable, Sendable {
    /// Without its quotes.
    public var etag: String
    /// The new version, in buckets that keep versions.
    public var versionID: String?

    /// An answer.
    public init(etag: String, versionID: String? = nil) {
        self.etag = etag
        self.versionID = versionID
    }
}
