internal import Core
internal import Logging

/// Logs observations, one line each, with their data as metadata. Nothing that it gets holds a secret.
struct LogObserver: Sendable {
    let logger: Logger

    func callAsFunction(_ observation: Observation) {
        switch observation {
        case .workerStarted(let worker, let store):
            logger.info("Worker started", metadata: ["worker": "\(worker.rawValue)", "store": "\(store)"])
        case .workerStopped(let worker):
            logger.info("Worker stopped", metadata: ["worker": "\(worker.rawValue)"])
        case .workerDraining(let running):
            logger.info("Worker draining", metadata: ["running": "\(running)"])
        case .workerGivenUp(let worker):
            logger.warning("Worker was given up and registers anew", metadata: ["worker": "\(worker.rawValue)"])
        case .leaseRunsOut(let worker):
            logger.warning(
                "Lease could not be renewed in time; jobs are given up", metadata: ["worker": "\(worker.rawValue)"])
        case .workerStandsStill(let worker):
            logger.error("Worker stood still; jobs are given up", metadata: ["worker": "\(worker.rawValue)"])
        case .hintsIgnored(let count):
            logger.notice("Notifications ignored", metadata: ["count": "\(count)"])
        case .notificationsUnavailable(let reason):
            let line = reason.replacing("\n", with: " ")
            logger.warning("Notifications are not heard; looking for work instead", metadata: ["reason": "\(line)"])
        case .databaseUnavailable(let reason):
            let line = reason.replacing("\n", with: " ")
            logger.warning("Database unavailable; trying on", metadata: ["reason": "\(line)"])
        case .heartbeatFailed(let reason):
            let line = reason.replacing("\n", with: " ")
            logger.warning("Heartbeat failed; trying on", metadata: ["reason": "\(line)"])
        case .jobsClaimed(let count):
            logger.debug("Jobs claimed", metadata: ["count": "\(count)"])
        case .jobsRunning(let count):
            logger.trace("Jobs running", metadata: ["count": "\(count)"])
        case .memoryShort(let job, let bytes):
            logger.notice(
                "Insufficient memory headroom; the job waits while smaller ones go on",
                metadata: describe(job) + ["bytes": "\(bytes)"])
        case .memoryReserved(let bytes, let waiting):
            logger.trace("Memory reserved", metadata: ["bytes": "\(bytes)", "waiting": "\(waiting)"])
        case .jobStarted(let job):
            logger.info("Job started", metadata: describe(job))
        case .jobDone(let job, let seconds):
            logger.info("Job done", metadata: describe(job) + ["seconds": "\((seconds * 1000).rounded() / 1000)"])
        case .jobFailed(let job, let failure, _) where failure.code == "memory_short":
            logger.notice("Job is back in the queue", metadata: describe(job) + describe(failure))
        case .jobFailed(let job, let failure, _):
            logger.error(
                "Job failed", metadata: describe(job) + describe(failure))
        case .jobCancelled(let job, _):
            logger.info("Job cancelled", metadata: describe(job))
        case .jobHandedBack(let job, _):
            logger.info("Job handed back", metadata: describe(job))
        case .claimLost(let job):
            logger.warning("Claim lost; the job's work was thrown away", metadata: describe(job))
        case .namesUnlistable(let job, let count):
            logger.warning("Names that cannot be keys were left out", metadata: describe(job) + ["count": "\(count)"])
        case .listingSerial(let job, let reason):
            logger.warning(
                "The bucket is listed page after page", metadata: describe(job) + ["reason": "\(reason)"])
        case .bucketListed(let job, let result):
            logger.info(
                "Bucket listed",
                metadata: describe(job) + [
                    "objects": "\(result.listed)", "pages": "\(result.pages)", "wasted": "\(result.wastedPages)",
                    "ranges": "\(result.ranges)", "retries": "\(result.retries)", "workers": "\(result.workers)",
                    "seconds": "\(result.seconds)",
                ])
        case .helpersInvited(let job, let count):
            logger.info("Other workers were asked to help to list", metadata: describe(job) + ["count": "\(count)"])
        case .rebuildBlocked(let job):
            logger.notice("Rebuild waits for another session's transaction", metadata: describe(job))
        case .verificationFailed(let job, let error):
            logger.warning(
                "HEAD failed", metadata: describe(job) + describe(JobFailure(error)))
        case .archiveAdvanced: break
        case .rowsArchived(let job, let outcomes, _):
            logger.debug("Rows archived", metadata: describe(job) + ["rows": "\(outcomes.count)"])
        case .rowNotArchived(let job, let problem):
            logger.warning(
                "A row was not archived",
                metadata: describe(job) + [
                    "row": "\(ObjectKey(problem.row).quoted)", "code": "\(problem.code)", "error": "\(problem.message)",
                ])
        case .rowsVerified(let job, let problems, _):
            for problem in problems {
                logger.warning(
                    "A bound row has no object or file, or nobody knows",
                    metadata: describe(job) + [
                        "problem": "\(problem.kind.rawValue)", "row": "\(ObjectKey(problem.row).quoted)",
                        "place": "\(problem.place.map { ObjectKey($0).quoted } ?? "none")", "code": "\(problem.code)",
                        "error": "\(problem.message)",
                    ])
            }
        case .removalAdvanced: break
        case .localFileDecided(let job, let row, .removed(let path, let bytes)):
            logger.info(
                "Local file decided",
                metadata: describe(job) + [
                    "row": "\(ObjectKey(row.id).quoted)", "path": "\(ObjectKey(path).quoted)", "bytes": "\(bytes)",
                ])
        case .localFileDecided(let job, let row, .failed(let problem)):
            logger.warning(
                "A local file stays",
                metadata: describe(job) + [
                    "row": "\(ObjectKey(row.id).quoted)", "code": "\(problem.code)", "error": "\(problem.message)",
                ])
        case .localFileDecided: break
        case .storeRequestEnded(let operation, let statusClass):
            logger.trace(
                "Request ended",
                metadata: ["operation": "\(operation)", "status": "\(statusClass.map { "\($0)xx" } ?? "none")"])
        case .storeRequestRepeated(let operation):
            logger.debug("Request repeated", metadata: ["operation": "\(operation)"])
        case .storeThrottled(let endpoint, let seconds):
            logger.notice(
                "The server asks for fewer requests",
                metadata: ["endpoint": "\(endpoint)", "seconds": "\((seconds * 1000).rounded() / 1000)"])
        case .storeRequestHeldBack(let operation):
            logger.debug("Request held back", metadata: ["operation": "\(operation)"])
        case .signingKeysPublished(let scope, let days):
            logger.info("Signing keys published", metadata: describe(scope) + ["days": "\(days)"])
        case .dryRun(let job, let result):
            var metadata = describe(job)
            metadata["action"] = "\(result.action.rawValue)"
            metadata["key"] = "\(ObjectKey(result.key).quoted)"
            metadata["new_key"] = result.newKey.map { "\(ObjectKey($0).quoted)" }
            metadata["size"] = result.size.map { "\($0)" }
            metadata["type"] = result.contentType.map { "\($0)" }
            logger.notice("DRY_RUN: this would have been done", metadata: metadata)
        case .purged(let job):
            logger.debug("CDN told", metadata: describe(job))
        case .purgeFailed(let job, let failure):
            logger.error(
                "The CDN may still have what the job replaced, renamed or deleted",
                metadata: describe(job) + describe(failure))
        case .leftoverKept(let upload, let failure):
            logger.warning(
                "What an upload left over cannot be aborted; trying on",
                metadata: ["job": "\(upload.jobID)", "cache": "\(upload.cache)"] + describe(failure))
        case .copyKept(let job):
            logger.notice("The bucket is away; a copy is served", metadata: describe(job))
        case .copyNotKept(let job, let failure):
            logger.warning("The bucket is away, and no copy can be kept", metadata: describe(job) + describe(failure))
        case .copyNotRemoved(let copy, let failure):
            logger.warning(
                "A copy cannot be deleted; trying on", metadata: ["job": "\(copy.jobID)"] + describe(failure))
        case .signingKeysUnpublished(let scope, let reason):
            let line = reason.replacing("\n", with: " ")
            logger.warning(
                "Signing keys cannot be published; trying on",
                metadata: (scope.map { describe($0) } ?? [:]) + ["reason": "\(line)"])
        }
    }

    /// Profiles are users' text and are quoted.
    private func describe(_ scope: SigningKeyScope) -> Logger.Metadata {
        [
            "purpose": "\(scope.purpose.rawValue)", "region": "\(ObjectKey(scope.region).quoted)",
            "profile": "\(scope.profile.map { ObjectKey($0).quoted } ?? "the worker's own")",
        ]
    }

    /// Everything that tells an operator which request it was; keys are users' text and are quoted.
    private func describe(_ failure: JobFailure) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["code": "\(failure.code)", "error": "\(failure.message)"]
        metadata["operation"] = failure.operation.map { "\($0)" }
        metadata["bucket"] = failure.bucket.map { "\($0)" }
        metadata["key"] = failure.key.map { "\(ObjectKey($0).quoted)" }
        metadata["request_id"] = failure.requestID.map { "\($0)" }
        return metadata
    }

    private func describe(_ job: Job) -> Logger.Metadata {
        ["job": "\(job.id)", "kind": "\(job.kind.rawValue)", "cache": "\(job.cache)", "attempt": "\(job.attempt)"]
    }
}

private func + (left: Logger.Metadata, right: Logger.Metadata) -> Logger.Metadata {
    left.merging(right) { _, new in new }
}
