/// Bytes that wait in the database: those that are to be stored, and those that were read. Implementation: PostgreSQL.
///
/// Every call takes a claimed `Job` and throws `ClaimLost` if its claim does not hold; then nothing was written. Each
/// `complete` writes the job's effects and its end in one transaction. It gives false, and has written nothing, where
/// another session holds a row for longer than a job may make others wait: try again.
public protocol ContentStore: Sendable {
    /// The bytes that an upload job is to store.
    func stagedBytes(of job: Job) async throws -> [UInt8]

    /// The object is safe in the store: its row says so, and its bytes leave the database. `sha256` is that of the
    /// contents, nil where the object is not known to have the job's bytes.
    func complete(_ job: Job, uploaded object: ObjectSummary, sha256: [UInt8]?) async throws -> Bool

    /// The object is gone from the store, and so is its row.
    func completeDeletion(_ job: Job) async throws -> Bool

    /// What a read job found: the object, or nil if there is none. Its bytes are kept for an hour.
    func complete(_ job: Job, read contents: ObjectContents?) async throws -> Bool
}
