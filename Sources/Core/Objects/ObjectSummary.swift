/// What a listing or a HEAD says of one object.
public struct ObjectSummary: Hashable, Sendable {
    /// The whole key, the cache's prefix included.
    public var key: ObjectKey
    /// Bytes.
    public var size: Int64
    /// Opaque: equal etags of one key mean equal contents, nothing more. Without the quotes of the HTTP header.
    public var etag: String
    /// When the object was last written, by the store's clock.
    public var lastModified: Timestamp
    /// As the store names it (`STANDARD`, `GLACIER`, …); nil where it has none.
    public var storageClass: String?
    /// Only a HEAD knows it; nil in listings.
    public var contentType: String?

    /// About how many bytes of memory it takes: more where names are long.
    public var footprint: Int {
        key.length + etag.utf8.count + (storageClass?.utf8.count ?? 0) + Self.fixedFootprint
    }
    /// The value itself, and what each of its strings costs besides its bytes.
    private static let fixedFootprint = 192
    /// An object with names of usual length takes less: what holds so many objects at once may take so many bytes for each.
    public static let usualFootprint = 512

    /// Everything a listing gives.
    public init(
        key: ObjectKey, size: Int64, etag: String, lastModified: Timestamp, storageClass: String? = nil,
        contentType: String? = nil
    ) {
        self.key = key
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.storageClass = storageClass
        self.contentType = contentType
    }
}
