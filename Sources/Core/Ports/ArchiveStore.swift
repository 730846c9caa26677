/// Rows of bound tables whose files are archived, and that are verified. Implementation: PostgreSQL, as the worker's own role.
///
/// Every call takes a claimed `Job` and throws `ClaimLost` if its claim does not hold; then nothing was written. A binding that
/// cannot be used any more, or a table that refuses a write, is the failure `binding_unusable`.
public protocol ArchiveStore: Sendable {
    /// What there is to do, and how far an attempt before has come.
    func plan(for job: Job) async throws -> ArchivePlan

    /// The next rows behind a place, the oldest first, at most `limit`; none where nothing follows.
    func rows(for job: Job, after place: ArchivePlace?, limit: Int) async throws -> [ArchiveRow]

    /// What the URL column of the job's binding would say of these files.
    func urls(of filenames: [ObjectKey], for job: Job) async throws -> [String]

    /// Ends a batch in one transaction: the files' rows in the cache, the URLs in the bound table, and how far the job is.
    ///
    /// Gives the latter with the rows that got a URL counted; nil where another session holds a row for longer than a job may make
    /// others wait: then nothing was written, and it is to be tried again.
    func record(_ files: [ArchivedFile], _ progress: ArchiveProgress, for job: Job) async throws -> ArchiveProgress?

    /// Files are in the bucket though the bound table refused their URLs: their rows in the cache say so. False where another session
    /// holds a row for longer than a job may make others wait: then nothing was written, and it is to be tried again.
    func keep(_ files: [ArchivedFile], for job: Job) async throws -> Bool

    /// What a job that verifies a binding is to do, and how far an attempt before has come.
    func verification(for job: Job) async throws -> BindingVerification

    /// The next rows behind one, in the order of the primary key, at most `limit`; `withObject`: only those that have a URL or,
    /// in a binding without a URL column, a key. None where nothing follows.
    func boundRows(for job: Job, after row: String?, limit: Int, withObject: Bool) async throws -> [BoundRow]

    /// What a job that removes the local files of a binding is to do.
    func removal(for job: Job) async throws -> RemovalPlan

    /// Enqueues fetches for the next rows behind one that have no URL yet and a source for one, in the order of the primary key, at
    /// most `limit`; gives nil where nothing follows.
    func fetchRows(for job: Job, after row: String?, limit: Int) async throws -> FetchRowsPage?

    /// Writes down how far a job that verifies a binding is.
    func save(_ progress: BindingVerification.Progress, for job: Job) async throws
}
