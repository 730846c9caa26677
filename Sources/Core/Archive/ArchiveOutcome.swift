/// What became of one row.
public enum ArchiveOutcome: Hashable, Sendable {
    /// There is no file.
    case missing(ArchiveProblem)
    /// The file was refused, or could not be uploaded.
    case failed(ArchiveProblem)
    /// The file is safe in the bucket.
    case stored(ArchivedFile)
    /// The file would be uploaded.
    case previewed(ArchivePreview)
}

/// Why a row is not archived.
public struct ArchiveProblem: Hashable, Sendable, Codable {
    /// The row.
    public var row: String
    /// For programs.
    public var code: String
    /// One sentence that a person can act on.
    public var message: String

    /// A problem with a row.
    public init(row: String, code: String, message: String) {
        self.row = row
        self.code = code
        self.message = message
    }

    /// A failure with a row.
    public init(row: String, _ failure: JobFailure) {
        self.init(row: row, code: failure.code, message: failure.message)
    }

    /// A row has no file, neither where it says nor below `root`.
    public init(withoutFile row: ArchiveRow, root: String?) {
        let place = row.path.map { "at \(ObjectKey($0).quoted)" } ?? "where the row says"
        let other = root.map { " or by its MD5 below \(ObjectKey($0).quoted)" } ?? ""
        self.init(
            row: row.id, code: "file_not_found",
            message:
                "There is no file \(place)\(other) in the worker's S3CACHE_FILE_ROOTS: put it there, or correct the row."
        )
    }
}

/// A file that an archive job has uploaded.
public struct ArchivedFile: Hashable, Sendable {
    /// The row.
    public var row: String
    /// The file.
    public var path: String
    /// The key without the cache's prefix.
    public var filename: ObjectKey
    /// What the bucket has.
    public var object: UploadedObject

    /// A row's file.
    public init(row: String, path: String, filename: ObjectKey, object: UploadedObject) {
        self.row = row
        self.path = path
        self.filename = filename
        self.object = object
    }
}

/// A file that a dry run would upload.
public struct ArchivePreview: Hashable, Sendable, Codable {
    /// The row.
    public var row: String
    /// The file.
    public var path: String
    /// The key without the cache's prefix.
    public var filename: String
    /// What the row's URL column would say; nil until the database has told it.
    public var url: String?

    /// A row's file.
    public init(row: String, path: String, filename: String) {
        self.row = row
        self.path = path
        self.filename = filename
    }
}
