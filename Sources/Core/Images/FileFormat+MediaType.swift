extension FileFormat {
    /// The media type to store it with; nil where the bytes do not tell one.
    public var mediaType: String? { Self.mediaTypes[self]?.first }

    /// The format that a media type names, whatever its parameters and its case; nil for one that is not known here.
    ///
    /// Aliases that programs really send are known (`image/jpg`), and the suffixes of RFC 6839 (`+json`, `+xml`).
    public init?(mediaType: String) {
        let name = Self.withoutParameters(mediaType)
        if let format = Self.byMediaType[name] {
            self = format
        } else if name.hasSuffix("+json") {
            self = .json
        } else if name.hasSuffix("+xml") {
            self = .xml
        } else {
            return nil
        }
    }

    /// The format that a key's extension claims; nil where it claims none that is known here.
    ///
    /// Extensions of what servers or computers run claim `script` and `executable`, so that nothing else goes by their name;
    /// not those that are ends of domain names as well, or of files of any kind (`.com`, `.app`, `.bin`).
    public init?(extensionOf key: ObjectKey) {
        if let type = MediaType.inferred(from: key) {
            self.init(mediaType: type)
            return
        }
        guard let text = MediaType.fileExtension(of: key) else { return nil }
        if Self.scriptExtensions.contains(text) {
            self = .script
        } else if Self.executableExtensions.contains(text) {
            self = .executable
        } else {
            return nil
        }
    }

    /// Whether a media type says nothing about the bytes: what programs send that do not know it.
    static func isGeneric(_ mediaType: String) -> Bool {
        ["application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded"]
            .contains(withoutParameters(mediaType))
    }

    /// Type and subtype in lower case.
    static func withoutParameters(_ mediaType: String) -> String {
        let end = mediaType.utf8.firstIndex(of: UInt8(ascii: ";")) ?? mediaType.endIndex
        var bytes = Array(mediaType[..<end].utf8)
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self).lowercased()
    }

    /// The registered type first, then its aliases. Source: the IANA registry, WHATWG MIME Sniffing.
    private static let mediaTypes: [FileFormat: [String]] = [
        .jpeg: ["image/jpeg", "image/jpg", "image/pjpeg"],
        .png: ["image/png", "image/apng", "image/x-png", "image/vnd.mozilla.apng"],
        .gif: ["image/gif"], .webp: ["image/webp"], .avif: ["image/avif", "image/avif-sequence"],
        .heic: ["image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"],
        .tiff: ["image/tiff", "image/tif", "image/x-tiff"],
        .bmp: ["image/bmp", "image/x-bmp", "image/x-ms-bmp"],
        .ico: ["image/vnd.microsoft.icon", "image/x-icon", "image/ico", "image/x-win-bitmap"],
        .svg: ["image/svg+xml", "image/svg"], .jpegXL: ["image/jxl"],
        .jpeg2000: ["image/jp2", "image/jpx", "image/j2c"],
        .photoshop: ["image/vnd.adobe.photoshop"], .pdf: ["application/pdf", "application/x-pdf"],
        .html: ["text/html", "application/xhtml+xml"], .xml: ["application/xml", "text/xml"],
        .json: ["application/json", "text/json"], .text: ["text/plain"], .csv: ["text/csv"],
        .markdown: ["text/markdown"], .css: ["text/css"],
        .javascript: ["text/javascript", "application/javascript", "application/x-javascript"],
        .mp4: ["video/mp4", "video/x-m4v", "video/3gpp", "video/3gpp2"], .mov: ["video/quicktime"],
        .webm: ["video/webm", "audio/webm"], .matroska: ["video/matroska", "video/x-matroska"],
        .mpeg: ["video/mpeg", "video/mp2t"], .avi: ["video/vnd.avi", "video/x-msvideo", "video/avi"],
        .mp3: ["audio/mpeg", "audio/mp3"], .wav: ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
        .ogg: ["audio/ogg", "video/ogg", "application/ogg"], .flac: ["audio/flac", "audio/x-flac"],
        .m4a: ["audio/mp4", "audio/x-m4a", "audio/aac"], .woff: ["font/woff", "application/font-woff"],
        .woff2: ["font/woff2"], .zip: ["application/zip", "application/x-zip-compressed"],
        .gzip: ["application/gzip", "application/x-gzip"], .bzip2: ["application/x-bzip2"], .xz: ["application/x-xz"],
        .zstd: ["application/zstd"], .rar: ["application/vnd.rar", "application/x-rar-compressed"],
        .sevenZip: ["application/x-7z-compressed"], .tar: ["application/x-tar"],
    ]

    private static let byMediaType: [String: FileFormat] = {
        var formats: [String: FileFormat] = [:]
        for (format, types) in mediaTypes {
            for type in types { formats[type] = format }
        }
        return formats
    }()

    private static let scriptExtensions: Set<String> = [
        "php", "php3", "php4", "php5", "php7", "phtml", "pht", "phar", "asp", "aspx", "ashx", "asmx", "cer", "jsp",
        "jspx",
        "cfm", "cgi", "pl", "py", "rb", "sh", "bash", "bat", "cmd", "ps1", "vbs", "vbe", "wsf", "wsh", "hta", "shtml",
        "shtm", "stm", "htaccess", "swf",
    ]

    private static let executableExtensions: Set<String> = [
        "exe", "dll", "scr", "pif", "msi", "sys", "so", "dylib", "elf", "apk", "jar", "war",
        "class",
        "deb", "rpm", "lnk", "cpl", "wasm",
    ]
}
