/// Everything worth noticing about a worker. One consumer logs it, another counts it.
public enum Observation: Sendable {
    /// The worker registered and begins.
    case workerStarted(WorkerID, store: String)
    /// The worker left.
    case workerStopped(WorkerID)
    /// The worker stops claiming and waits for its jobs.
    case workerDraining(running: Int)
    /// The store gave the worker up; it registers anew.
    case workerGivenUp(WorkerID)
    /// The worker gives its jobs up, because it could not renew its lease in time: what it does to buckets must end before
    /// another worker may take over.
    case leaseRunsOut(WorkerID)
    /// The loop that claims jobs has not moved for the length of a lease; the worker gives its jobs up.
    case workerStandsStill(WorkerID)
    /// So many notifications were no hints, or one too many, in the last minute.
    case hintsIgnored(Int)
    /// Notifications cannot be heard; the worker looks for work now and then instead.
    case notificationsUnavailable(String)
    /// The database does not answer; the worker goes on trying.
    case databaseUnavailable(String)
    /// A sign of life did not reach the database, or was not answered; the worker goes on trying until its lease runs out.
    case heartbeatFailed(String)
    /// Jobs were claimed.
    case jobsClaimed(Int)
    /// So many jobs run here now.
    case jobsRunning(Int)
    /// An attempt at a job begins.
    case jobStarted(Job)
    /// A job ended well.
    case jobDone(Job, seconds: Double)
    /// An attempt failed.
    case jobFailed(Job, JobFailure, seconds: Double)
    /// A job was stopped on request.
    case jobCancelled(Job, seconds: Double)
    /// A job was stopped because the worker stops; it is handed back.
    case jobHandedBack(Job, seconds: Double)
    /// A job's claim was void; its work, or the report of its end, was thrown away.
    case claimLost(Job)
    /// A listing found names that cannot be keys.
    case namesUnlistable(Job, Int)
    /// A bucket does not list from any key on: it is listed page after page.
    case listingSerial(Job, reason: String)
    /// All of a rebuild's bucket has been listed.
    case bucketListed(Job, RebuildResult)
    /// So many other workers were asked to help a rebuild to list.
    case helpersInvited(Job, Int)
    /// Applying a rebuild waits for another session's transaction.
    case rebuildBlocked(Job)
    /// HEAD failed for a row otherwise than with 404.
    case verificationFailed(Job, StoreError)
    /// A job waits until others give back memory: it needs so many bytes.
    case memoryShort(Job, bytes: Int)
    /// So many bytes of the worker's memory budget are reserved now, and so many jobs wait for some.
    case memoryReserved(bytes: Int, waiting: Int)
    /// A job ended as done without doing anything to its bucket.
    case dryRun(Job, DryRunResult)
    /// A CDN was told that an object is not what it was.
    case purged(Job)
    /// A CDN could not be told; what the job wrote stands.
    case purgeFailed(Job, JobFailure)
    /// A row's file was not found, or could not be archived; its row stays as it was.
    case rowNotArchived(Job, ArchiveProblem)
    /// So many rows of an archive were worked on by now, of so many in all; not all of it is written yet.
    case archiveAdvanced(Job, rows: Int, of: Int)
    /// What became of a batch of rows, of so many rows in all; all of it is written.
    case rowsArchived(Job, [ArchiveOutcome], of: Int)
    /// A batch of bound rows was looked at: what is wrong with some of them, and how far the job is.
    case rowsVerified(Job, [BindingProblem], BindingVerification.Progress)
    /// What became of the local file of a bound row; a removed one is removed.
    case localFileDecided(Job, BoundRow, RemovalOutcome)
    /// So many rows of a job that removes local files were looked at, of so many.
    case removalAdvanced(Job, rows: Int, of: Int)
    /// What a job left over in a bucket could not be aborted; it is tried again.
    case leftoverKept(LeftoverUpload, JobFailure)
    /// A bucket is away: an upload is served from a copy.
    case copyKept(Job)
    /// A bucket is away, and no copy of an upload could be written.
    case copyNotKept(Job, JobFailure)
    /// A copy that serves nobody any more could not be deleted; it is tried again.
    case copyNotRemoved(EndedCopy, JobFailure)
    /// A request to a bucket was answered with a status of 200 (2) to 599 (5); nil: it was not, or not wholly. The operation
    /// is named as S3 names it.
    case storeRequestEnded(operation: String, statusClass: Int?)
    /// A request to a bucket is made again after a failure that may pass.
    case storeRequestRepeated(operation: String)
    /// A server asks for fewer requests: nothing is sent to it for so long.
    case storeThrottled(endpoint: String, seconds: Double)
    /// A request was not sent, because its server has been asking for fewer for too long.
    case storeRequestHeldBack(operation: String)
    /// Signing keys of so many days were published.
    case signingKeysPublished(SigningKeyScope, days: Int)
    /// Signing keys cannot be published; told once until the reason is another one. Without a scope it concerns all.
    case signingKeysUnpublished(SigningKeyScope?, reason: String)
}

/// Takes observations; called from many tasks at once.
public typealias Observe = @Sendable (Observation) -> Void
