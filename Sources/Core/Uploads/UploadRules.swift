/// What a cache's settings and the arguments of an upload say together.
public struct UploadRules: Sendable {
    private let configuration: CacheConfiguration
    private let arguments: JobArguments
    private let key: ObjectKey

    /// The rules for an upload under `key`.
    public init(_ configuration: CacheConfiguration, _ arguments: JobArguments, _ key: ObjectKey) {
        self.configuration = configuration
        self.arguments = arguments
        self.key = key
    }

    /// What is taken: `allowed_types` where somebody set it, else its default and what the category adds.
    public var policy: ContentPolicy {
        var policy = configuration.content
        if !configuration.hasOwnTypes {
            policy.allowedTypes.formUnion((arguments.types ?? []).compactMap { FileFormat(rawValue: $0) })
        }
        return policy
    }

    /// Decides about inspected contents. Throws `ContentError` for what the cache does not take.
    public func check(_ inspection: ImageInspection) throws -> CheckedUpload {
        let content = try policy.check(inspection, key: key, declaredType: arguments.contentType)
        if arguments.category != nil { try checkFolder(content.format) }
        var options = PutOptions()
        options.contentType = content.mediaType
        options.cacheControl = arguments.cacheControl ?? configuration.cacheControl ?? arguments.fallbackCacheControl
        options.contentDisposition = isShown(content.format) ? nil : "attachment"
        options.metadata = arguments.metadata ?? [:]
        options.storageClass = configuration.storageClass
        options.acl = accessControl
        return CheckedUpload(
            options: options, size: content.size, ifExists: arguments.ifExists ?? configuration.ifExists)
    }

    /// Whether browsers may show it at the address of the bucket: what could run there is saved instead.
    private func isShown(_ format: FileFormat) -> Bool {
        format.isRasterImage || (format == .html && arguments.category == "Html")
    }

    /// The ACL to store. Buckets without ACLs accept none: a category counts only where the cache has one.
    public var accessControl: String? {
        guard let acl = configuration.acl else { return nil }
        switch arguments.access {
        case "public": return "public-read"
        case "private": return "private"
        default: return acl
        }
    }

    private func checkFolder(_ format: FileFormat) throws {
        let folders = key.string.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        if format == .json, folders.contains("images") {
            throw ContentError(
                .misplaced, "JSON has no place under images/: put it under json/, or give no category.")
        }
        if !Self.texts.contains(format), folders.contains("json") {
            throw ContentError(
                .misplaced,
                "The content is \(format.noun), which has no place under json/: put it elsewhere, or give no category.")
        }
    }

    private static let texts: Set<FileFormat> = [
        .text, .json, .csv, .markdown, .css, .javascript, .html, .svg, .xml,
    ]
}
