/// The members of an inventory's `manifest.json` that are of use here.
///
/// The bucket that the report was written to is left out: its files are read from where the manifest was, so that a manifest
/// cannot send a worker to other buckets. Source: Amazon S3 User Guide, "Locating your inventory list".
public struct InventoryManifestDocument: Hashable, Sendable, Decodable {
    /// The bucket that was listed.
    public var sourceBucket: String
    /// `2016-11-30`.
    public var version: String?
    /// Milliseconds since 1970 in decimal digits: when the report began to be made.
    public var creationTimestamp: String
    /// `CSV`, `ORC` or `Parquet`.
    public var fileFormat: String
    /// For CSV the names of the columns, separated by commas.
    public var fileSchema: String
    /// The files of the report.
    public var files: [File]

    /// A file of the report.
    public struct File: Hashable, Sendable, Decodable {
        /// Its key.
        public var key: String
        /// Its bytes, as it is stored.
        public var size: Int64
        /// The MD5 of these bytes, in hexadecimal digits.
        public var md5: String

        /// A file.
        public init(key: String, size: Int64, md5: String) {
            self.key = key
            self.size = size
            self.md5 = md5
        }

        enum CodingKeys: String, CodingKey {
            case key
            case size
            case md5 = "MD5checksum"
        }
    }

    /// A document.
    public init(
        sourceBucket: String, version: String?, creationTimestamp: String, fileFormat: String, fileSchema: String,
        files: [File]
    ) {
        self.sourceBucket = sourceBucket
        self.version = version
        self.creationTimestamp = creationTimestamp
        self.fileFormat = fileFormat
        self.fileSchema = fileSchema
        self.files = files
    }
}
