/// What an object gets besides its bytes.
public struct S3PutOptions: Hashable, Sendable {
    /// The media type; nil: the server's own choice.
    public var contentType: String?
    /// How long it may be kept by caches.
    public var cacheControl: String?
    /// Whether, and under which name, browsers save it.
    public var contentDisposition: String?
    /// In which encoding the bytes are, such as `gzip`.
    public var contentEncoding: String?
    /// In which language it is.
    public var contentLanguage: String?
    /// Until when it may be kept by caches: a date of HTTP.
    public var expires: String?
    /// What follows `x-amz-meta-`, with its value: printable ASCII, 2,048 bytes in all.
    public var metadata: [String: String] = [:]
    /// As the server names it, such as `STANDARD_IA`; nil: its own choice.
    public var storageClass: String?
    /// A canned access control list, such as `public-read`; nil: the bucket's rule.
    public var acl: String?
    /// How the server encrypts it; nil: as the bucket says.
    public var encryption: S3Encryption?
    /// Whether to fail with `preconditionFailed` where the object exists already.
    public var onlyIfAbsent = false

    /// Nothing but the bytes.
    public init(contentType: String? = nil) {
        self.contentType = contentType
    }

    /// Why options cannot be sent; the reason is a text of ours.
    struct Invalid: Error {
        let reason: String
    }

    /// Throws where one of them cannot be a header.
    func check() throws(Invalid) {
        let named = [
            ("content type", contentType), ("cache control", cacheControl), ("content disposition", contentDisposition),
            ("content encoding", contentEncoding), ("content language", contentLanguage), ("date of expiry", expires),
            ("storage class", storageClass), ("access control list", acl), ("encryption key", encryption?.key),
        ]
        for (name, value) in named {
            guard let value else { continue }
            guard Self.isHeaderValue(value) else {
                throw Invalid(reason: "the \(name) is empty or has characters other than printable ASCII")
            }
        }
        var size = 0
        for (name, value) in metadata {
            guard Self.isName(name) else {
                throw Invalid(
                    reason:
                        "the metadata name \(QuotedText.quote(name)) has characters other than letters, digits, - and _"
                )
            }
            guard value.isEmpty || Self.isHeaderValue(value) else {
                throw Invalid(
                    reason: "the value of the metadata \(QuotedText.quote(name)) has characters other than printable "
                        + "ASCII, or spaces around it: encode it")
            }
            size += name.utf8.count + value.utf8.count
        }
        guard size <= 2_048 else { throw Invalid(reason: "the metadata has more than 2,048 bytes") }
        guard Set(metadata.keys.map { $0.lowercased() }).count == metadata.count else {
            throw Invalid(reason: "two names of metadata differ in nothing but case")
        }
    }

    private static func isHeaderValue(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && value.first != " "
            && value.last != " "
    }

    private static func isName(_ name: String) -> Bool {
        let isFit = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return isFit && !name.isEmpty
    }
}
