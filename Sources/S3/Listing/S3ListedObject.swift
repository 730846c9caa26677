/// What a listing says of one object.
public struct S3ListedObject: Hashable, Sendable {
    /// The whole key.
    public var key: String
    /// Bytes.
    public var size: Int64
    /// Without its quotes; empty where the server gives none.
    public var etag: String
    /// When it was last written, in microseconds since 1970, by the server's clock.
    public var lastModified: Int64
    /// As the server names it; nil where it says nothing.
    public var storageClass: String?

    /// All that a listing gives.
    public init(key: String, size: Int64, etag: String, lastModified: Int64, storageClass: String? = nil) {
        self.key = key
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.storageClass = storageClass
    }

    /// Keys and etags are compared byte by byte; Swift's own strings are equal where Unicode says so.
    public static func == (left: S3ListedObject, right: S3ListedObject) -> Bool {
        left.size == right.size && left.lastModified == right.lastModified
            && left.key.utf8.elementsEqual(right.key.utf8) && left.etag.utf8.elementsEqual(right.etag.utf8)
            && left.storageClass.map { Array($0.utf8) } == right.storageClass.map { Array($0.utf8) }
    }

    /// Hashes the key's bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(Array(key.utf8))
        hasher.combine(size)
    }
}
