/// What a cache holds of one object, as far as a rebuild compares it.
public struct CachedRow: Hashable, Sendable {
    /// The key without the cache's prefix.
    public var filename: ObjectKey
    /// Bytes; nil while unverified.
    public var size: Int64?
    /// Opaque mark of the contents.
    public var etag: String?
    /// When the object was written.
    public var lastModified: Timestamp?
    /// As the store names it.
    public var storageClass: String?
    /// Whether the row's state is `present`; otherwise it is unverified or missing.
    public var isPresent: Bool

    /// A row.
    public init(
        filename: ObjectKey, size: Int64?, etag: String?, lastModified: Timestamp?, storageClass: String?,
        isPresent: Bool
    ) {
        self.filename = filename
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.storageClass = storageClass
        self.isPresent = isPresent
    }

    /// Whether the row already says what the listing says.
    func agrees(with object: ObjectSummary) -> Bool {
        isPresent && size == object.size && etag == object.etag && lastModified == object.lastModified
            && storageClass == object.storageClass
    }
}
