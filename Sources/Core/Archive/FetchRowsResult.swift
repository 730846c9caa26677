/// What a job that fetches the files of new rows says in `s3cache.jobs.result`.
public struct FetchRowsResult: Hashable, Sendable, Codable {
    /// Rows that have no URL yet and a source for one.
    public var rows = 0
    /// Rows for which a fetch was enqueued.
    public var enqueued = 0
    /// Rows for which one was on its way already.
    public var pending = 0
    /// Rows whose source failed before and is not asked again yet.
    public var backingOff = 0
    /// Rows whose source cannot be fetched at all, the first of them.
    public var problems: [ArchiveProblem] = []

    /// All zero.
    public init() {}

    /// Counts some more rows.
    public mutating func add(_ other: FetchRowsResult) {
        rows += other.rows
        enqueued += other.enqueued
        pending += other.pending
        backingOff += other.backingOff
        problems += other.problems.prefix(max(0, Self.problemsShown - problems.count))
    }

    private static let problemsShown = 100

    private enum CodingKeys: String, CodingKey {
        case rows, enqueued, pending, problems
        case backingOff = "backing_off"
    }
}
