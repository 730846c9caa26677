/// What is stored beside an object's bytes, by stores that can. The embedded directory keeps bytes only.
public struct PutOptions: Hashable, Sendable {
    /// The media type; nil leaves it to the store.
    public var contentType: String?
    /// `Cache-Control` of its responses.
    public var cacheControl: String?
    /// Whether, and under which name, browsers save it: `Content-Disposition`, printable ASCII.
    public var contentDisposition: String?
    /// In which encoding the bytes are: `Content-Encoding`, such as `gzip`.
    public var contentEncoding: String?
    /// User metadata by its name, which is given back in lower case.
    public var metadata: [String: String]
    /// As the store names it; nil for its default.
    public var storageClass: String?
    /// A canned ACL such as `public-read`; nil sends none, which is all that buckets without ACLs accept.
    public var acl: String?
    /// How the store encrypts it; nil: as the bucket says.
    public var encryption: ObjectEncryption?
    /// Whether to throw `alreadyExists` where there is an object already: see `ObjectStore.checksAbsence`.
    public var ifAbsent = false
    /// The SHA-256 that the bytes must have: what was meant, as opposed to what arrived. Nil if nobody said.
    public var sha256: [UInt8]?

    /// Nothing but what is given.
    public init(
        contentType: String? = nil, cacheControl: String? = nil, metadata: [String: String] = [:],
        storageClass: String? = nil, acl: String? = nil, sha256: [UInt8]? = nil
    ) {
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.metadata = metadata
        self.storageClass = storageClass
        self.acl = acl
        self.sha256 = sha256
    }
}
