/// A row of a bound table that is verified.
public struct BoundRow: Hashable, Sendable {
    /// What names the row: the text of its primary key, of several columns a JSON array.
    public var id: String
    /// What its URL column says; nil where that is NULL, or there is none.
    public var url: String?
    /// The key without the cache's prefix; nil where neither URL nor columns tell it.
    public var filename: ObjectKey?
    /// What it says of its file.
    public var file: ArchiveRow

    /// A row.
    public init(id: String, url: String?, filename: ObjectKey?, file: ArchiveRow) {
        self.id = id
        self.url = url
        self.filename = filename
        self.file = file
    }

    /// The URL without what may be a secret: who asks, and a signature.
    public var shownURL: String? {
        guard let url, url.prefix(4).lowercased() == "http" else { return url }
        var shown = String(url.prefix { $0 != "?" && $0 != "#" })
        guard let start = shown.firstRange(of: "//")?.upperBound else { return shown }
        let end = shown[start...].firstIndex(of: "/") ?? shown.endIndex
        if let at = shown[start..<end].lastIndex(of: "@") { shown.removeSubrange(start...at) }
        return shown
    }
}
