/// Where a read may find its object besides in the bucket, and what is known of it.
public struct ReadPlaces: Hashable, Sendable {
    /// The path of the copy, where the bucket has not taken the object yet.
    public var copy: String?
    /// The CDN's URL, where it may be asked.
    public var url: String?
    /// The etag in the row.
    public var etag: String?
    /// The size in the row.
    public var size: Int64?
    /// The SHA-256 in the row.
    public var sha256: [UInt8]?
    /// The media type in the row.
    public var contentType: String?

    /// Nothing but the bucket.
    public init() {}
}
