/// What an archive job says in `s3cache.jobs.result`.
public struct ArchiveResult: Hashable, Sendable, Codable {
    /// Rows that were to be archived.
    public var total: Int
    /// Rows whose file was found.
    public var found = 0
    /// Rows whose file was not.
    public var missing = 0
    /// Files that were uploaded, or refused on the way.
    public var attempted = 0
    /// Files that are safe in the bucket.
    public var successful = 0
    /// Files that were refused, or whose upload failed.
    public var failed = 0
    /// Rows that got a URL.
    public var rowsUpdated = 0
    /// Present where nothing was uploaded or written.
    public var isDryRun: Bool?
    /// What went wrong, of the first rows.
    public var problems: [ArchiveProblem] = []
    /// What would be uploaded, of the first rows, in a dry run.
    public var files: [ArchivePreview]?

    /// Nothing is done yet of so many rows.
    public init(total: Int, isDryRun: Bool) {
        self.total = total
        if isDryRun {
            self.isDryRun = true
            files = []
        }
    }

    /// Rows that were looked at.
    public var handled: Int { found + missing }

    /// Counts a row.
    public mutating func count(_ outcome: ArchiveOutcome) {
        switch outcome {
        case .missing(let problem):
            missing += 1
            note(problem)
        case .failed(let problem):
            found += 1
            failed += 1
            if isDryRun == nil { attempted += 1 }
            note(problem)
        case .stored:
            found += 1
            attempted += 1
            successful += 1
        case .previewed:
            found += 1
        }
    }

    /// Keeps what a dry run would upload, as far as there is room.
    public mutating func show(_ previews: [ArchivePreview]) {
        files = Array(((files ?? []) + previews).prefix(Self.filesShown))
    }

    private mutating func note(_ problem: ArchiveProblem) {
        if problems.count < Self.problemsShown { problems.append(problem) }
    }

    private static let problemsShown = 100
    private static let filesShown = 1_000

    private enum CodingKeys: String, CodingKey {
        case total, found, missing, attempted, successful, failed, problems, files
        case rowsUpdated = "rows_updated"
        case isDryRun = "dry_run"
    }
}
