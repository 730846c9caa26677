/// What a server says of a copy.
public struct S3CopyResult: Hashable, Sendable {
    /// Without its quotes.
    public var etag: String
    /// When it was written, in microseconds since 1970; nil where the server does not say.
    public var lastModified: Int64?
}
