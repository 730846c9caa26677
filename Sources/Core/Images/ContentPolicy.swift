/// What a cache takes: the settings `max_bytes`, `max_pixels` and `allowed_types`.
public struct ContentPolicy: Hashable, Sendable {
    /// The most bytes.
    public var maxBytes: Int64
    /// The most pixels of any picture in a file: width times height.
    public var maxPixels: Int64
    /// The formats that are taken. SVG and HTML are not among the default ones: browsers run what is in them.
    public var allowedTypes: Set<FileFormat>

    /// A policy; by default that of a cache whose settings nobody has changed.
    public init(
        maxBytes: Int64 = 52_428_800, maxPixels: Int64 = 50_000_000,
        allowedTypes: Set<FileFormat> = FileFormat.rasterImages
    ) {
        self.maxBytes = maxBytes
        self.maxPixels = maxPixels
        self.allowedTypes = allowedTypes
    }

    /// Decides about inspected bytes, the key that they are to have, and the media type that somebody declared.
    ///
    /// Bytes, declared type and extension have to agree. A type that means any bytes (`application/octet-stream`) declares
    /// nothing, and an extension that is not known claims nothing, unless computers run what has it (`.php`, `.exe`).
    public func check(
        _ inspection: ImageInspection, key: ObjectKey, declaredType: String? = nil
    ) throws(ContentError) -> AcceptedContent {
        guard inspection.format != .empty else {
            throw ContentError(.empty, "The content has no bytes: send a whole file, one of \(accepted).")
        }
        try check(size: inspection.byteCount)
        let claim = try ContentClaim(declaredType: declaredType, key: key)
        let format = try claim.format(
            of: inspection.format, accepted: accepted, takesOther: allowedTypes.contains(.other))
        guard allowedTypes.contains(format) else {
            throw ContentError(
                .typeNotAllowed,
                "The content is \(format.noun), and the cache takes \(accepted): convert it to one of these, or add "
                    + "\(format.rawValue) to allowed_types.")
        }
        try check(pixels: inspection)
        if let flaw = inspection.flaw { throw flaw }
        return AcceptedContent(format: format, mediaType: claim.mediaType(for: format), size: inspection.size)
    }

    /// Throws `tooLarge` for more bytes than the policy takes; for asking before there are bytes.
    public func check(size: Int64) throws(ContentError) {
        guard size > maxBytes else { return }
        throw ContentError(
            .tooLarge,
            "The content has \(size) bytes, and the cache takes \(maxBytes) at most: make it smaller, or raise max_bytes."
        )
    }

    private func check(pixels inspection: ImageInspection) throws(ContentError) {
        guard max(inspection.mostPixels, inspection.size?.pixels ?? 0) > maxPixels else { return }
        let size = inspection.size.map { "\($0.width) × \($0.height)" } ?? "\(inspection.mostPixels)"
        let most =
            inspection.mostPixels > (inspection.size?.pixels ?? 0)
            ? ", with a picture of \(inspection.mostPixels) in it" : ""
        throw ContentError(
            .tooManyPixels,
            "The image has \(size) pixels\(most), and the cache takes \(maxPixels) at most: make it smaller, or raise "
                + "max_pixels.")
    }

    /// The allowed types as messages name them.
    private var accepted: String {
        let names = allowedTypes.map(\.rawValue).sorted()
        guard let last = names.last else { return "nothing" }
        return names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
    }
}
