/// Media types (RFC 6838) by the extensions of names.
public enum MediaType {
    /// What the key's extension says; nil for none, or one that is not known here.
    ///
    /// Source: the IANA registry, for the types that websites keep in buckets.
    public static func inferred(from key: ObjectKey) -> String? {
        guard
            let component = key.string.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last,
            let dot = component.lastIndex(of: UInt8(ascii: ".")), dot != component.startIndex
        else { return nil }
        let fileExtension = String(Substring(component[component.index(after: dot)...]))
        return byExtension[fileExtension.lowercased()]
    }

    private static let byExtension: [String: String] = [
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg", "png": "image/png", "gif": "image/gif",
        "webp": "image/webp", "avif": "image/avif", "heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp",
        "ico": "image/vnd.microsoft.icon", "tif": "image/tiff", "tiff": "image/tiff", "svg": "image/svg+xml",
        "json": "application/json", "html": "text/html", "htm": "text/html", "css": "text/css",
        "js": "text/javascript", "mjs": "text/javascript", "txt": "text/plain", "csv": "text/csv",
        "md": "text/markdown", "xml": "application/xml", "pdf": "application/pdf", "zip": "application/zip",
        "gz": "application/gzip", "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
        "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "woff": "font/woff", "woff2": "font/woff2",
    ]
}
