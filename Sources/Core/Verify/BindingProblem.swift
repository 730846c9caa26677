/// What is wrong with a bound row.
public struct BindingProblem: Hashable, Sendable, Codable {
    /// What it concerns.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// The row's object is not there.
        case objectMissing = "missing"
        /// Nobody knows whether it is.
        case objectUnknown = "error"
        /// The row's file is not there.
        case fileMissing = "local_missing"
        /// The row's object is there, and its bytes are not those of the file.
        case objectDifferent = "different"
        /// The row's file could not be read or removed.
        case fileStays = "local_error"
    }

    /// What it concerns.
    public var kind: Kind
    /// The row.
    public var row: String
    /// What the row says of its object, or of its file; nil where it says nothing.
    public var place: String?
    /// For programs.
    public var code: String
    /// One sentence that a person can act on.
    public var message: String

    /// There is no object.
    public init(_ row: BoundRow, missing key: ObjectKey) {
        self.init(
            .objectMissing, row.id, row.shownURL ?? key.string, code: "no_such_key",
            "There is no object \(key.quoted) in the bucket.")
    }

    /// The row says nothing that could be asked for.
    public init(unaddressed row: BoundRow) {
        let message =
            row.url == nil
            ? "The row's columns do not tell its key, because a time is NULL: set it."
            : "The row's URL is none of this cache's, so there is nothing to ask for: correct it, or set it to NULL and archive the row again."
        self.init(.objectUnknown, row.id, row.shownURL, code: "invalid_url", message)
    }

    /// The bucket was asked, and did not tell.
    public init(_ row: BoundRow, _ error: StoreError) {
        self.init(
            .objectUnknown, row.id, row.shownURL ?? error.key?.string, code: error.code.rawValue,
            error.message)
    }

    /// There is no file.
    public init(withoutFile row: BoundRow, root: String?) {
        self.init(
            .fileMissing, row.id, row.file.path, code: "file_not_found",
            ArchiveProblem(withoutFile: row.file, root: root).message)
    }

    /// The object, or the row's MD5, is not that of the file.
    public init(_ row: BoundRow, different message: String) {
        self.init(.objectDifferent, row.id, row.shownURL, code: "checksum_mismatch", message)
    }

    /// The file could not be read or removed.
    public init(_ row: BoundRow, at path: String?, _ failure: JobFailure) {
        self.init(.fileStays, row.id, path ?? row.file.path, code: failure.code, failure.message)
    }

    private init(_ kind: Kind, _ row: String, _ place: String?, code: String, _ message: String) {
        self.kind = kind
        self.row = row
        self.place = place
        self.code = code
        self.message = message
    }
}
