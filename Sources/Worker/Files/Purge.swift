import Core

/// Makes the CDN forget an object that a job has replaced, renamed or deleted.
///
/// It comes after the write and before the job's end, so that a worker that is lost in between leaves both to the next attempt.
/// What fails is tried again a few times and is then in the job's result: the write stands, and is not repeated for it.
struct Purge: Sendable {
    private let environment: JobEnvironment
    private let job: Job

    /// What is to be done for a job.
    init(_ environment: JobEnvironment, _ job: Job) {
        self.environment = environment
        self.job = job
    }

    /// Does it; nil where nobody is to be told. Of a job that is stopped meanwhile it has failed.
    func run(_ object: HookedObject) async -> PurgeOutcome? {
        guard let purger = environment.purger else { return nil }
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        do {
            try await progress.reportingAlive { try await insist(object, purger) }
            environment.observe(.purged(job))
            return .done
        } catch {
            // A claim that a cancellation took away still records what the bucket has done.
            let failure =
                error is CancellationError || error is ClaimLost
                ? JobFailure(
                    code: "purge_failed", message: "The job was stopped before the CDN was told.", isRetryable: true)
                : JobFailure(from: error)
            environment.observe(.purgeFailed(job, failure))
            return .failed
        }
    }

    private func insist(_ object: HookedObject, _ purger: any CDNPurger) async throws {
        for attempt in 1..<max(1, environment.settings.purgeAttempts) {
            do {
                return try await purger.purge(object)
            } catch is JobFailure {
                try await Task.sleep(for: environment.settings.purgePause * attempt)
            }
        }
        try await purger.purge(object)
    }
}
