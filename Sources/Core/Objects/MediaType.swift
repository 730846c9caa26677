/// Media types (RFC 6838) by the extensions of names.
public enum MediaType {
    /// What the key's extension says; nil for none, or one that is not known here.
    ///
    /// Source: the IANA registry, for the types that websites keep in buckets.
    public static func inferred(from key: ObjectKey) -> String? {
        fileExtension(of: key).flatMap { byExtension[$0] }
    }

    /// What follows the last dot of the key's last component, in lower case; nil where there is none, or nothing before it.
    static func fileExtension(of key: ObjectKey) -> String? {
        guard
            let component = key.string.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last,
            let dot = component.lastIndex(of: UInt8(ascii: ".")), dot != component.startIndex
        else { return nil }
        return String(Substring(component[component.index(after: dot)...])).lowercased()
    }

    /// The extension that files of a media type usually have, without the dot; nil for a type that is not known here.
    public static func usualExtension(of type: String) -> String? {
        FileFormat(mediaType: type)?.mediaType.flatMap { usualExtensions[$0] }
    }

    private static let usualExtensions: [String: String] = {
        let preferred: Set<String> = [
            "jpg", "tif", "heic", "ico", "bmp", "html", "js", "mp4", "mov", "mpg", "avif", "ogg",
        ]
        var extensions: [String: String] = [:]
        for (name, type) in byExtension.sorted(by: { $0.key < $1.key })
        where extensions[type] == nil || preferred.contains(name) {
            extensions[type] = name
        }
        return extensions
    }()

    private static let byExtension: [String: String] = [
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg", "jfif": "image/jpeg",
        "pjpeg": "image/jpeg", "pjp": "image/jpeg", "png": "image/png", "apng": "image/apng", "gif": "image/gif",
        "webp": "image/webp", "avif": "image/avif", "heic": "image/heic", "heif": "image/heif",
        "heics": "image/heic-sequence", "heifs": "image/heif-sequence", "avifs": "image/avif", "dib": "image/bmp",
        "bmp": "image/bmp",
        "ico": "image/vnd.microsoft.icon", "cur": "image/vnd.microsoft.icon", "tif": "image/tiff", "tiff": "image/tiff",
        "svg": "image/svg+xml",
        "json": "application/json", "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml",
        "xht": "application/xhtml+xml", "css": "text/css",
        "js": "text/javascript", "mjs": "text/javascript", "txt": "text/plain", "csv": "text/csv",
        "md": "text/markdown", "xml": "application/xml", "pdf": "application/pdf", "zip": "application/zip",
        "gz": "application/gzip", "bz2": "application/x-bzip2",
        "xz": "application/x-xz", "zst": "application/zstd", "rar": "application/vnd.rar",
        "7z": "application/x-7z-compressed",
        "tar": "application/x-tar", "psd": "image/vnd.adobe.photoshop", "jxl": "image/jxl", "jp2": "image/jp2",
        "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "qt": "video/quicktime", "m4v": "video/mp4",
        "mkv": "video/matroska", "mpg": "video/mpeg", "mpeg": "video/mpeg", "avi": "video/vnd.avi", "m4a": "audio/mp4",
        "flac": "audio/flac", "oga": "audio/ogg", "ogv": "video/ogg", "3gp": "video/3gpp",
        "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "woff": "font/woff", "woff2": "font/woff2",
    ]
}
