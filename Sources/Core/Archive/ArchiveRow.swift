/// A row of a bound table whose file is to be archived, as the database tells of it.
public struct ArchiveRow: Hashable, Sendable {
    /// What names the row: the text of its primary key, of several columns a JSON array.
    public var id: String
    /// The time that orders rows; nil where the row or the table has none.
    public var time: String?
    /// The key without the cache's prefix, with placeholders for what the file tells; nil where a column of it is NULL.
    public var key: String?
    /// Where the row says that its file is.
    public var path: String?
    /// The MD5 that the file must have, in hexadecimal digits.
    public var md5: String?
    /// The media type that the file must have.
    public var mediaType: String?
    /// `image`, `video` or `document`.
    public var kind: String?

    /// A row.
    public init(
        id: String, time: String? = nil, key: String?, path: String? = nil, md5: String? = nil,
        mediaType: String? = nil, kind: String? = nil
    ) {
        self.id = id
        self.time = time
        self.key = key
        self.path = path
        self.md5 = md5
        self.mediaType = mediaType
        self.kind = kind
    }

    /// Where the row stands in the order of rows.
    public var place: ArchivePlace { ArchivePlace(time: time, id: id) }
}

/// A place in the order in which rows are archived: the oldest first, those without a time last.
public struct ArchivePlace: Hashable, Sendable, Codable {
    /// The time, as the database writes it.
    public var time: String?
    /// What names the row.
    public var id: String

    /// Behind a row.
    public init(time: String?, id: String) {
        self.time = time
        self.id = id
    }
}
