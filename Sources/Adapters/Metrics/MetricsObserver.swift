package import Core
package import CoreMetrics

/// Counts observations with swift-metrics, for whatever backend the factory belongs to.
///
/// Labels have few values: kinds of jobs, outcomes, operations as S3 names them, classes of status.
package struct MetricsObserver: Sendable {
    private let factory: any MetricsFactory

    /// Counts with a factory's metrics.
    package init(factory: any MetricsFactory) { self.factory = factory }

    /// Counts one.
    package func callAsFunction(_ observation: Observation) {
        switch observation {
        case .jobsClaimed(let count): add(count, to: "s3cache_worker_jobs_claimed_total")
        case .jobsRunning(let count):
            Meter(label: "s3cache_worker_jobs_running", factory: factory).set(count)
        case .memoryShort: add(1, to: "s3cache_worker_memory_waits_total")
        case .memoryReserved(let bytes, let waiting):
            Meter(label: "s3cache_worker_memory_reserved_bytes", factory: factory).set(bytes)
            Meter(label: "s3cache_worker_memory_waiting_jobs", factory: factory).set(waiting)
        case .jobStarted(let job):
            add(1, to: "s3cache_worker_jobs_started_total", [("kind", job.kind.rawValue)])
        case .jobDone(let job, let seconds): end(job, "done", seconds)
        case .jobFailed(let job, _, let seconds): end(job, "failed", seconds)
        case .jobCancelled(let job, let seconds): end(job, "cancelled", seconds)
        case .jobHandedBack(let job, let seconds): end(job, "handed_back", seconds)
        case .claimLost(let job):
            add(1, to: "s3cache_worker_claims_lost_total", [("kind", job.kind.rawValue)])
        case .heartbeatFailed: add(1, to: "s3cache_worker_heartbeats_failed_total")
        case .hintsIgnored(let count): add(count, to: "s3cache_worker_hints_ignored_total")
        case .storeRequestEnded(let operation, let statusClass):
            add(
                1, to: "s3cache_worker_s3_requests_total",
                [("operation", operation), ("status", statusClass.map { "\($0)xx" } ?? "none")])
        case .storeRequestRepeated(let operation):
            add(1, to: "s3cache_worker_s3_retries_total", [("operation", operation)])
        case .storeThrottled: add(1, to: "s3cache_worker_s3_throttles_total")
        case .storeRequestHeldBack(let operation):
            add(1, to: "s3cache_worker_s3_held_back_total", [("operation", operation)])
        case .purged: add(1, to: "s3cache_worker_purges_total", [("outcome", "done")])
        case .purgeFailed: add(1, to: "s3cache_worker_purges_total", [("outcome", "failed")])
        case .bucketListed(_, let result):
            add(result.listed, to: "s3cache_worker_listed_objects_total")
            add(result.pages, to: "s3cache_worker_listed_pages_total")
            add(result.wastedPages, to: "s3cache_worker_wasted_pages_total")
        case .copyKept: add(1, to: "s3cache_worker_copies_kept_total")
        case .workerStarted, .workerStopped, .workerDraining, .workerGivenUp, .leaseRunsOut, .workerStandsStill,
            .notificationsUnavailable, .databaseUnavailable, .namesUnlistable, .listingSerial, .helpersInvited,
            .rebuildBlocked, .verificationFailed, .rowNotArchived, .rowsArchived, .archiveAdvanced, .rowsVerified,
            .localFileDecided, .removalAdvanced,
            .dryRun, .leftoverKept, .copyNotKept,
            .copyNotRemoved,
            .signingKeysPublished,
            .signingKeysUnpublished:
            break
        }
    }

    private func add(_ count: Int, to label: String, _ dimensions: [(String, String)] = []) {
        Counter(label: label, dimensions: dimensions, factory: factory).increment(by: count)
    }

    private func end(_ job: Job, _ outcome: String, _ seconds: Double) {
        let dimensions = [("kind", job.kind.rawValue), ("outcome", outcome)]
        add(1, to: "s3cache_worker_jobs_ended_total", dimensions)
        Timer(label: "s3cache_worker_job_seconds", dimensions: dimensions, factory: factory).recordSeconds(seconds)
    }
}
