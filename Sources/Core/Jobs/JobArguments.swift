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
    /// More bytes than this are not read.
    public var maxBytes: Int?
    /// The files that the job is about.
    public var filenames: [String]?
    /// How long what it makes is to live.
    public var seconds: Int?
    /// Where the manifest of an inventory is that is read in place of a listing, as `S3Location` reads it.
    public var inventory: String?

    /// No arguments.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case prefix, limit, filename, metadata, sha256, filenames, seconds, inventory
        case contentType = "content_type"
        case cacheControl = "cache_control"
        case maxBytes = "max_bytes"
    }
}
