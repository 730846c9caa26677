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
    /// Whether it says what is known from a later time than the listing is as of.
    public var isNewer: Bool

    /// A row.
    public init(
        filename: ObjectKey, size: Int64?, etag: String?, lastModified: Timestamp?, storageClass: String?,
        isPresent: Bool, isNewer: Bool = false
    ) {
        self.filename = filename
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.storageClass = storageClass
        self.isPresent = isPresent
        self.isNewer = isNewer
    }

    /// How far a row says what the listing says.
    enum Agreement {
        case none
        /// But for the fraction of a second: HTTP's Last-Modified, which the row was written from, has none.
        case toTheSecond
        case exact
    }

    /// How far the row says what the listing says.
    func agreement(with object: ObjectSummary) -> Agreement {
        guard isPresent, size == object.size, etag == object.etag, storageClass == object.storageClass, let lastModified
        else { return .none }
        if lastModified == object.lastModified { return .exact }
        return lastModified == object.lastModified.wholeSecond ? .toTheSecond : .none
    }
}
