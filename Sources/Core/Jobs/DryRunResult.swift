/// What a job would have done if its worker wrote to buckets: the job's result.
public struct DryRunResult: Hashable, Sendable, Encodable {
    /// What would have happened to the object.
    public enum Action: String, Hashable, Sendable, Encodable {
        /// It would have been stored, unless `if_exists` keeps what is there: nobody has looked.
        case upload
        /// It would have got another name.
        case rename
        /// It would have been deleted.
        case delete
    }

    /// Always true: tells a result of this kind from others.
    public let isDryRun = true
    /// What would have happened.
    public var action: Action
    /// The file.
    public var filename: String
    /// Its whole key.
    public var key: String
    /// What a rename would have called the file.
    public var newFilename: String?
    /// Its whole key then.
    public var newKey: String?
    /// Of an upload: bytes.
    public var size: Int64?
    /// Of an upload: the media type.
    public var contentType: String?
    /// Of an upload: pixels, of what is an image.
    public var width: Int?
    /// Of an upload: pixels, of what is an image.
    public var height: Int?
    /// Of an upload: hexadecimal digits, where they are known.
    public var sha256: String?

    /// Something that was not done.
    public init(_ action: Action, filename: ObjectKey, key: ObjectKey) {
        self.action = action
        self.filename = filename.string
        self.key = key.string
    }

    private enum CodingKeys: String, CodingKey {
        case action, filename, key, size, width, height, sha256
        case isDryRun = "dry_run"
        case newFilename = "new_filename"
        case newKey = "new_key"
        case contentType = "content_type"
    }
}
