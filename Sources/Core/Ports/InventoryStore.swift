/// Where the objects of an inventory wait to be read in order: a rebuild's own staging. Implementation: PostgreSQL.
///
/// Every call takes a claimed `Job`; those that write throw `ClaimLost` if its claim does not hold, and then nothing was
/// written. What is staged goes with the end of the job, or in a crash of the server.
public protocol InventoryStore: Sendable {
    /// Begins with a report that was made at this time. Where all of it is staged from an earlier attempt, that stays; else
    /// what an earlier attempt left is forgotten, also of what it compared.
    func beginStaging(createdAt: Timestamp, for job: Job) async throws -> InventoryStage

    /// Keeps some objects, in one transaction; several calls may run at a time. The first `prefixLength` bytes of their keys
    /// are not part of filenames. Where it throws, nobody knows whether they were kept: begin anew.
    func stage(_ objects: [ObjectSummary], droppingPrefixOfLength prefixLength: Int, for job: Job) async throws

    /// Ends the staging: from now on the objects can be read. Gives how many there are. It may take minutes for many.
    ///
    /// Throws `InventoryError` with `malformed` where an object was staged twice: an inventory lists each once. Throws
    /// `JobFailure` with `checkpoint_lost` where a crash of the server has taken some of it.
    func finishStaging(for job: Job) async throws -> Int

    /// The first `limit` objects behind the filename `after` (nil: from the first on) in byte order; fewer only at the end.
    /// `prefix` is put in front of filenames to make keys of them again.
    func staged(for job: Job, prefix: String, after: ObjectKey?, limit: Int) async throws -> [ObjectSummary]

    /// Deletes `limit` of the staged objects behind the filename `after` (nil: from the first on), when all have been compared;
    /// gives the last one's filename, nil when none is left.
    func discard(for job: Job, after: ObjectKey?, limit: Int) async throws -> ObjectKey?
}

/// What there is of an inventory when an attempt begins.
public enum InventoryStage: String, Hashable, Sendable {
    /// Nothing: it is to be staged.
    case empty
    /// All of it is staged.
    case staged
    /// It must not be used: of what was deleted after it was made, not all is known one by one, and rows would come back.
    case outdated
}
