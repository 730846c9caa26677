/// A part of an upload that the server has stored.
public struct S3Part: Hashable, Sendable {
    /// From 1 to 10,000.
    public var number: Int
    /// Without its quotes.
    public var etag: String
    /// Bytes.
    public var size: Int64

    /// A part.
    public init(number: Int, etag: String, size: Int64) {
        self.number = number
        self.etag = etag
        self.size = size
    }
}
