/// What a download was, once all of its bytes are in the sink.
public struct DownloadedHead: Hashable, Sendable {
    /// Where the bytes came from, after all redirects.
    public var finalURL: UntrustedURL
    /// The media type that the host claims, in lower case and without parameters; nil where it claims none. Not to be
    /// believed.
    public var contentType: String?
    /// How many bytes there were.
    public var size: Int
    /// The SHA-256 of the bytes: 32.
    public var sha256: [UInt8]
    /// The MD5 of the bytes, 16; nil where this system has no MD5.
    public var md5: [UInt8]?

    /// A download.
    public init(finalURL: UntrustedURL, contentType: String?, size: Int, sha256: [UInt8], md5: [UInt8]?) {
        self.finalURL = finalURL
        self.contentType = contentType
        self.size = size
        self.sha256 = sha256
        self.md5 = md5
    }
}
