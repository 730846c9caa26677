/// The arguments of all kinds of jobs together; each kind reads its own.
public struct JobArguments: Hashable, Sendable, Codable {
    /// Only filenames that start with this; nil where the kind distinguishes none from empty.
    public var prefix: String?
    /// At most so many rows; nil for no limit.
    public var limit: Int?
    /// The one file that the job is about.
    public var filename: String?
    /// The media type to store; nil to infer it.
    public var contentType: String?
    /// `Cache-Control` to store; nil for the cache's setting.
    public var cacheControl: String?
    /// User metadata to store.
    public var metadata: [String: String]?
    /// The SHA-256 of the bytes to store, in hexadecimal digits.
    public var sha256: String?
    /// How many bytes there are to store.
    public var size: Int64?
    /// More bytes than this are not read.
    public var maxBytes: Int?
    /// The files that the job is about.
    public var filenames: [String]?
    /// How long what it makes is to live.
    public var seconds: Int?
    /// Where the manifest of an inventory is that is read in place of a listing, as `S3Location` reads it.
    public var inventory: String?

    /// The MD5 of the bytes to store, in hexadecimal digits, where it may be compared with an etag.
    public var md5: String?
    /// What to do where the object exists; nil for the cache's setting.
    public var ifExists: IfExists?
    /// PublicAsset, PublicData, PrivateData or Html; nil for none, which asks for no order of folders either.
    public var category: String?
    /// Types that the category takes besides the default ones.
    public var types: [String]?
    /// `public` or `private`, as the category says.
    public var access: String?
    /// `Cache-Control` to store where neither the job nor the cache's settings say one.
    public var fallbackCacheControl: String?
    /// Whether the name comes from the contents: then equal contents are not stored twice.
    public var byContent: Bool?
    /// Whether an attempt before found nothing under the name, and began to store the job's own bytes there.
    public var foundAbsent: Bool?
    /// When the first attempt began, by the database's clock; nil in the first attempt.
    public var firstBegun: String?

    /// The name that the file is to have.
    public var newFilename: String?
    /// The etag of the copy that is safe under the new name.
    public var copied: String?
    /// The file to store.
    public var path: String?
    /// The copy of it that is served because the store was away, and that is to be stored in its place.
    public var copy: String?
    /// At most so many files are compared with their objects; nil for no limit.
    public var fileLimit: Int?
    /// Whether nothing is to be changed.
    public var isDryRun: Bool?
    /// What the file's name is made of, where it depends on the contents; nil: `filename` is the name.
    public var template: String?
    /// The binding through which the job was asked for.
    public var binding: String?
    /// The row of the bound table that gets the URL of what is stored; nil for none.
    public var row: String?

    /// No arguments.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case prefix, limit, filename, metadata, sha256, size, filenames, seconds, inventory, md5, category, types, path,
            template,
            copied, copy, binding, row
        case fileLimit = "file_limit"
        case isDryRun = "dry_run"
        case newFilename = "new_filename"
        case access
        case ifExists = "if_exists"
        case fallbackCacheControl = "fallback_cache_control"
        case byContent = "by_content"
        case foundAbsent = "found_absent"
        case firstBegun = "first_begun"
        case contentType = "content_type"
        case cacheControl = "cache_control"
        case maxBytes = "max_bytes"
    }
}
