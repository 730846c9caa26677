/// What is known of contents that were read once.
public struct HashedContent: Hashable, Sendable {
    /// Bytes.
    public var size: Int64
    /// What they are by themselves.
    public var format: FileFormat
    /// Their SHA-256.
    public var sha256: [UInt8]
    /// Their MD5; nil where the system has none.
    public var md5: [UInt8]?

    /// Contents that were read.
    public init(size: Int64, format: FileFormat, sha256: [UInt8], md5: [UInt8]?) {
        self.size = size
        self.format = format
        self.sha256 = sha256
        self.md5 = md5
    }
}
