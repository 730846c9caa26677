/// What a declared media type and a key's extension say that content is.
struct ContentClaim {
    private let declaredType: String?
    private let declared: FileFormat?
    private let named: FileFormat?
    private let inferredType: String?
    private let fileExtension: String

    /// Reads both. Throws `typeMalformed` for a declared type that is none.
    init(declaredType: String?, key: ObjectKey) throws(ContentError) {
        if let declaredType {
            guard Self.isMediaType(declaredType) else {
                throw ContentError(
                    .typeMalformed,
                    "The declared type is not a media type such as image/jpeg: declare one, or leave it out.")
            }
            self.declaredType = FileFormat.isGeneric(declaredType) ? nil : declaredType
        } else {
            self.declaredType = nil
        }
        declared = self.declaredType.flatMap { FileFormat(mediaType: $0) }
        named = FileFormat(extensionOf: key)
        inferredType = MediaType.inferred(from: key)
        fileExtension = MediaType.fileExtension(of: key) ?? ""
    }

    /// What the content is, as bytes and claims agree. Throws `typeUnknown`, `typeMismatch` or `extensionMismatch`.
    func format(of bytes: FileFormat, accepted: String, takesOther: Bool) throws(ContentError) -> FileFormat {
        guard bytes != .other || takesOther else {
            throw ContentError(
                .typeUnknown,
                "The bytes are of no type that is known here, and the cache takes \(accepted): send one of these.")
        }
        if let declaredType, declared.map({ !Self.agree(bytes, $0) }) ?? (bytes != .other) {
            let advice =
                bytes.mediaType.map { "declare \($0), or leave the type out" } ?? "send what it is declared to be"
            throw ContentError(
                .typeMismatch,
                "The content is declared as \(FileFormat.withoutParameters(declaredType)) but is \(bytes.noun): \(advice)."
            )
        }
        let format = declared ?? (named.map { Self.agree(bytes, $0) ? $0 : bytes } ?? bytes)
        if let named, !Self.agree(bytes, named) || (format != named && format != .text && named != .text) {
            throw ContentError(
                .extensionMismatch,
                "The key ends in .\(fileExtension) but the content is \(format.noun): give the key the extension of its content."
            )
        }
        return format
    }

    /// The Content-Type for content of a format.
    func mediaType(for format: FileFormat) -> String? {
        let isImage = format.isRasterImage || format == .svg
        if isImage, format != .heic { return format.mediaType }
        if isImage, let type = declaredType ?? inferredType { return FileFormat.withoutParameters(type) }
        return declaredType ?? inferredType ?? format.mediaType
    }

    /// Whether bytes that look like one format may be called another. Formats of text do not show in the bytes.
    private static func agree(_ bytes: FileFormat, _ claimed: FileFormat) -> Bool {
        switch bytes {
        case .text, .json: claimed == bytes || texts.contains(claimed)
        case .mp4: claimed == .mp4 || claimed == .m4a
        case .webm: claimed == .webm || claimed == .matroska
        default: claimed == bytes
        }
    }

    /// Type, slash, subtype and parameters. Source: RFC 9110, 8.3.1.
    private static func isMediaType(_ text: String) -> Bool {
        guard text.utf8.count <= 255, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return false }
        let parts = FileFormat.withoutParameters(text).utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isTokenByte) }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static let texts: Set<FileFormat> = [.text, .csv, .markdown, .css, .javascript]
}
