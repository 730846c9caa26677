/// What a job that removes the local files of archived rows says in `s3cache.jobs.result`.
public struct RemovalResult: Hashable, Sendable, Codable {
    /// Rows with a URL whose file was there.
    public var checked = 0
    /// Files that were removed, each after its object was read and had the same SHA-256; in a dry run those that would be.
    public var removed = 0
    /// What they took on the disk: bytes of files that had no other name.
    public var bytesFreed: Int64 = 0
    /// Rows whose file was removed with another row that leads to it.
    public var shared = 0
    /// Rows whose file stays because another row that leads to it needs it.
    public var kept = 0
    /// Rows whose object is not there: the bucket said so.
    public var missing = 0
    /// Rows whose object, or whose MD5, is not that of the file.
    public var different = 0
    /// Rows of which nobody knows, or whose file could not be read or removed, or was changed meanwhile.
    public var errors = 0
    /// Rows with a URL that have no file here.
    public var absent = 0
    /// Present where nothing was removed.
    public var isDryRun: Bool?
    /// What went wrong, of the first rows.
    public var problems: [BindingProblem] = []

    /// All zero.
    public init(isDryRun: Bool) { if isDryRun { self.isDryRun = true } }

    /// Counts a row.
    public mutating func count(_ outcome: RemovalOutcome) {
        if case .absent = outcome {
            absent += 1
            return
        }
        checked += 1
        switch outcome {
        case .absent: break
        case .removed(_, let bytes):
            removed += 1
            bytesFreed += bytes
        case .waiting: shared += 1
        case .kept: kept += 1
        case .failed(let problem):
            switch problem.kind {
            case .objectMissing: missing += 1
            case .objectDifferent: different += 1
            case .objectUnknown, .fileMissing, .fileStays: errors += 1
            }
            if problems.count < Self.problemsShown { problems.append(problem) }
        }
    }

    /// The files of so many rows that waited for others stay.
    public mutating func keep(_ rows: Int) {
        shared -= rows
        kept += rows
    }

    private static let problemsShown = 100

    private enum CodingKeys: String, CodingKey {
        case checked, removed, shared, kept, missing, different, errors, absent, problems
        case bytesFreed = "bytes_freed"
        case isDryRun = "dry_run"
    }
}

/// What became of the local file of a row.
public enum RemovalOutcome: Hashable, Sendable {
    /// There is none.
    case absent
    /// It was removed, or would be; so many bytes of the disk are free then.
    case removed(path: String, bytes: Int64)
    /// It is for the last of several rows that lead to it to remove it.
    case waiting
    /// It stays: another row needs it.
    case kept(path: String)
    /// It stays: there is no proof that the bucket has it.
    case failed(BindingProblem)
}
