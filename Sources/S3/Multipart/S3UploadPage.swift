/// What ListMultipartUploads gives.
public struct S3UploadPage: Hashable, Sendable {
    /// Where a page begins: behind this upload.
    public struct Position: Hashable, Sendable {
        /// The upload's key.
        public var key: String
        /// The upload's name; nil: behind all uploads of the key.
        public var id: String?

        /// Behind an upload.
        public init(key: String, id: String?) {
            self.key = key
            self.id = id
        }
    }

    /// By key.
    public var uploads: [S3Upload]
    /// Where the next page begins; nil on the last one.
    public var next: Position?
}
