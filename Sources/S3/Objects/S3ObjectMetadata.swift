internal import HTTP

/// What a HEAD or GET says of an object.
public struct S3ObjectMetadata: Hashable, Sendable {
    /// Bytes of the whole object.
    public var size: Int64
    /// Without its quotes; empty where the server gives none.
    public var etag: String
    /// When it was last written, in microseconds since 1970; whole seconds, as the header has it.
    public var lastModified: Int64
    /// When the server said so, by its own clock, as `lastModified` has it; nil where it does not tell.
    public var servedAt: Int64?
    /// The media type.
    public var contentType: String?
    /// As the server names it; nil where it says nothing (AWS: STANDARD).
    public var storageClass: String?
    /// How long it may be kept by caches.
    public var cacheControl: String?
    /// Whether, and under which name, browsers save it.
    public var contentDisposition: String?
    /// In which encoding the bytes are.
    public var contentEncoding: String?
    /// In which language it is.
    public var contentLanguage: String?
    /// Until when it may be kept by caches, as the server writes it.
    public var expires: String?
    /// How the server encrypts it; nil where it does not, or does not say.
    public var encryption: S3Encryption?
    /// The version, in buckets that keep versions.
    public var versionID: String?
    /// What follows `x-amz-meta-`, in lower case, with its value as the server sent it.
    public var metadata: [String: String]

    /// Why headers are not an object's; the reason is a text of ours.
    struct Missing: Error {
        let reason: String
    }

    /// `size` is the whole object's.
    init(_ headers: HTTPHeaders, size: Int64) throws(Missing) {
        guard let date = headers["last-modified"], let seconds = CivilTime.seconds(httpDate: date) else {
            throw Missing(reason: "it does not say when the object was written")
        }
        self.size = size
        etag = Self.unquoted(headers["etag"] ?? "")
        guard Self.isEtag(etag) else { throw Missing(reason: "its etag is none") }
        lastModified = seconds * 1_000_000
        servedAt = headers["date"].flatMap { CivilTime.seconds(httpDate: $0) }.map { $0 * 1_000_000 }
        // RFC 6838 allows far less.
        contentType = headers["content-type"].flatMap { $0.utf8.count <= 255 ? $0 : nil }
        storageClass = headers["x-amz-storage-class"]
        cacheControl = headers["cache-control"]
        contentDisposition = headers["content-disposition"]
        contentEncoding = headers["content-encoding"]
        contentLanguage = headers["content-language"]
        expires = headers["expires"]
        encryption = S3Encryption(headers)
        versionID = headers["x-amz-version-id"]
        metadata = [:]
        for field in headers.fields {
            let name = field.name.lowercased()
            guard name.hasPrefix(Self.prefix), name.utf8.count > Self.prefix.utf8.count else { continue }
            metadata[String(name.dropFirst(Self.prefix.count))] = field.value
        }
    }

    static let prefix = "x-amz-meta-"

    /// Whether it may be kept: printable ASCII, 1,024 characters at most. None at all is fine.
    static func isEtag(_ etag: String) -> Bool {
        etag.utf8.count <= 1_024 && etag.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// An etag without its quotes.
    static func unquoted(_ etag: String) -> String {
        etag.utf8.count >= 2 && etag.hasPrefix("\"") && etag.hasSuffix("\"")
            ? String(etag.dropFirst().dropLast()) : etag
    }
}
