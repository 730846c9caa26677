/// Where the file of a row may be: first where the row says, then by its MD5 and media type, then by its MD5 alone.
public struct FileSearch: Hashable, Sendable {
    /// Paths to try, in this order.
    public let paths: [String]
    /// Then: directories in which a file may have the stem, whatever its extension.
    public let directories: [String]
    /// The MD5 that such files are named by; nil where the row tells none.
    public let stem: String?

    /// For a row. `root` is the directory that has `images`, `videos` and `documents`; nil where there is none.
    public init(_ row: ArchiveRow, root: String?) {
        var paths = [row.path].compactMap { $0 }.filter { !$0.isEmpty }
        guard let root, let md5 = row.md5, Self.isDigest(md5) else {
            self.paths = paths
            directories = []
            stem = nil
            return
        }
        let base = root.hasSuffix("/") ? String(root.dropLast()) : root
        directories = Self.names(of: row).map { base + "/" + $0 }
        stem = md5.lowercased()
        if let type = row.mediaType, let suffix = MediaType.usualExtension(of: type) {
            paths += directories.map { "\($0)/\(md5.lowercased()).\(suffix)" }
        }
        self.paths = paths
    }

    private static func names(of row: ArchiveRow) -> [String] {
        let main = row.kind ?? row.mediaType.map { String($0.prefix { $0 != "/" }) }
        switch main?.lowercased() {
        case "image": return ["images"]
        case "video": return ["videos"]
        case "document", "application", "text": return ["documents"]
        default: return ["images", "videos", "documents"]
        }
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 32 && [UInt8](hexadecimal: text.lowercased()) != nil
    }
}
