/// The part of a cache's settings that its jobs need, as `s3cache.configure()` was told; nil where it was told nothing and
/// the worker's own environment decides.
public struct CacheConfiguration: Hashable, Sendable {
    /// The cache's name.
    public var name: String
    /// The bucket; nil where the store has a default.
    public var bucket: String?
    /// What every key starts with and filenames leave out.
    public var prefix: String
    /// Where the store is.
    public var endpoint: String?
    /// The bucket's region.
    public var region: String?
    /// `auto`, `path` or `virtual`.
    public var addressing = "auto"
    /// The name of a profile of the worker's.
    public var credentials: String?
    /// Sent with uploads.
    public var acl: String?
    /// Sent with uploads.
    public var cacheControl: String?
    /// Sent with uploads.
    public var storageClass: String?
    /// What uploads may be. Its types are those in force.
    public var content = ContentPolicy()
    /// Whether somebody has told the cache which types it takes: then categories add none.
    public var hasOwnTypes = false
    /// What an upload does where the object exists.
    public var ifExists = IfExists.replace
    /// What URLs of the cache's CDN begin with, the prefix included and percent-encoded; nil where there is no CDN.
    public var cdnBase: String?

    /// Settings of a cache whose other settings nobody has changed.
    public init(name: String, bucket: String?, prefix: String) {
        self.name = name
        self.bucket = bucket
        self.prefix = prefix
    }

    /// The whole key of a file.
    public func key(of filename: ObjectKey) -> ObjectKey { ObjectKey(prefix + filename.string) }

    /// Where the CDN has a file, without the mark of its contents that `versioned_urls` adds; nil where there is no CDN.
    public func cdnURL(of filename: ObjectKey) -> String? { cdnBase.map { $0 + filename.percentEncoded } }
}
