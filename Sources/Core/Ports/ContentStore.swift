/// Bytes that wait in the database: those that are to be stored, and those that were read. Implementation: PostgreSQL.
///
/// Every call takes a claimed `Job` and throws `ClaimLost` if its claim does not hold; then nothing was written. Each
/// `complete` writes the job's effects and its end in one transaction. It gives false, and has written nothing, where
/// another session holds a row for longer than a job may make others wait: try again.
public protocol ContentStore: Sendable {
    /// The bytes that an upload job is to store.
    func stagedBytes(of job: Job) async throws -> [UInt8]

    /// Those of a range alone; fewer where there are not so many.
    func stagedBytes(of job: Job, in range: Range<Int64>) async throws -> [UInt8]

    /// The object is safe in the store: its row says so, and its bytes leave the database.
    func complete(_ job: Job, uploaded object: UploadedObject) async throws -> Bool

    /// Nothing is under the job's name, and the job is about to store its bytes there: an attempt that comes after this one
    /// was lost takes equal bytes for its own.
    func noteAbsence(for job: Job) async throws

    /// How long ago the first attempt of the job began; nil where the file's row had this etag before.
    func ageOfFirstAttempt(at job: Job, toStore filename: ObjectKey, etag: String) async throws -> Duration?

    /// How far an earlier attempt of the job has come in storing a large object in parts under a key; nil if none has begun.
    func checkpoint(of job: Job, key: ObjectKey) async throws -> MultipartCheckpoint?

    /// The store is about to be asked to begin storing an object in parts: should the answer be lost, whoever aborts what the job
    /// leaves over looks for it.
    func noteBeginning(of key: ObjectKey, for job: Job) async throws

    /// Keeps that, for the next attempt, and for whoever aborts what the job leaves over.
    func save(_ checkpoint: MultipartCheckpoint, key: ObjectKey, for job: Job) async throws

    /// The contents of a job are known, and so is the name that depends on them. Gives the arguments to go on with; nil where
    /// other jobs come first on the object of that name: then the job is queued behind them, and its claim is void.
    func name(_ job: Job, by content: HashedContent) async throws -> JobArguments?

    /// Uploads in parts whose jobs have ended without them, at most `limit`, in the order of the jobs' ids, from behind that
    /// id on.
    func leftovers(after jobID: Int64, limit: Int) async throws -> [LeftoverUpload]

    /// Forgets one that is aborted.
    func forget(_ upload: LeftoverUpload) async throws

    /// The object is gone from the store, and so is its row.
    func completeDeletion(_ job: Job) async throws -> Bool

    /// The copy of an object that is renamed is safe under its new name, and is of what has the etag `source`: from here on the
    /// old one may go.
    func noteCopy(_ etag: String, of source: String, for job: Job) async throws

    /// The object has its new name, and so has its row.
    func completeRenaming(_ job: Job, to object: ObjectSummary) async throws -> Bool

    /// The CDN was told, or not, that the job has replaced, renamed or deleted an object: its result will say so.
    func note(_ purge: PurgeOutcome, for job: Job) async throws

    /// Some bytes of the object that a read job reads, behind its first `start` ones: nobody sees them before `complete`. What
    /// was kept from there on, by an earlier attempt, is forgotten.
    func keep(_ piece: [UInt8], from start: Int64, for job: Job) async throws

    /// What a read job found: the object, or nil if there is none. Its bytes can be had from now on, for an hour.
    func complete(_ job: Job, read object: ReadObject?) async throws -> Bool
}
