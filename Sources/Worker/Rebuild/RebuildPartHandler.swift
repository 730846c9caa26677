package import Core

/// Helps a rebuild that another worker runs to list its bucket.
package struct RebuildPartHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for jobs that help rebuilds.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let began = ContinuousClock.now
        let (configuration, store) = try await environment.open(job)
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        do {
            try await help(job, configuration, store, progress, began: began)
        } catch is RebuildGone {
            // Nothing is left to help with.
        }
        guard try await environment.jobs.complete(job, result: RebuildPartResult()) else {
            throw ClaimLost(jobID: job.id)
        }
    }

    /// Throws `RebuildGone` where the rebuild has ended, or begun anew.
    private func help(
        _ job: Job, _ configuration: CacheConfiguration, _ store: any ObjectStore, _ progress: ProgressReporter,
        began: ContinuousClock.Instant
    ) async throws {
        do {
            let plan = try await environment.caches.rebuildPlan(for: job)
            try await BucketListing(
                environment: environment, job: job, configuration: configuration, store: store, progress: progress,
                spent: TimeSpent(before: plan.seconds, began: began)
            ).run(plan)
        } catch let error as ListsPageByPage {
            // Whoever runs the rebuild may have been luckier, and must not believe what either has found.
            environment.observe(.listingSerial(job, reason: error.reason))
            try await environment.caches.distrustListing(of: job)
        }
    }
}

/// What a job that helped says: nothing, the rebuild tells it all.
struct RebuildPartResult: Encodable, Sendable {}
