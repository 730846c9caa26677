package import Core

/// Helps a rebuild that another worker runs to list its bucket.
package struct RebuildPartHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for jobs that help rebuilds.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let (configuration, store) = try await environment.open(job)
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        let listing = BucketListing(
            environment: environment, job: job, configuration: configuration, store: store, progress: progress,
            started: .now)
        do {
            try await listing.run(try await environment.caches.rebuildPlan(for: job))
        } catch is RebuildGone {
            // Nothing is left to help with.
        } catch let error as ListsPageByPage {
            environment.observe(.listingSerial(job, reason: error.reason))
            throw JobFailure(
                code: "malformed_listing",
                message:
                    "Bucket \(store.bucket) does not list from any key on: \(error.reason); the rebuild goes on alone.",
                isRetryable: false)
        }
        guard try await environment.jobs.complete(job, result: RebuildPartResult()) else {
            throw ClaimLost(jobID: job.id)
        }
    }
}

/// What a job that helped says: nothing, the rebuild tells it all.
struct RebuildPartResult: Encodable, Sendable {}
