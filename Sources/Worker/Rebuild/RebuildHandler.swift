package import Core

/// Makes a cache equal to its bucket.
///
/// The bucket is listed, many ranges at once where it allows that and by other workers too, and slices of what was listed are
/// compared with the same parts of the cache; the differences are staged beside the checkpoint. Only when the listing has
/// succeeded to its end, and does not remove too much, are they written into the cache, again slice by slice. A listing
/// that fails has changed nothing; a worker that dies has lost the slices that it was comparing. Where the cache was empty,
/// rows are written at once: there is nothing that they could harm.
///
/// Where the job names an inventory, that is staged and sorted first, and then read in place of the listing.
package struct RebuildHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for rebuild jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let began = ContinuousClock.now
        let (configuration, store) = try await environment.open(job)
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        if environment.settings.isDryRun { try await environment.caches.makeDryRun(job) }
        var plan = try await environment.caches.rebuildPlan(for: job)
        // Of later plans the seconds are partly this attempt's own.
        let spent = TimeSpent(before: plan.seconds, began: began)
        if let inventory = job.arguments.inventory {
            try await InventoryStaging(
                environment: environment, job: job, configuration: configuration, store: store, progress: progress
            ).run(inventory, prefix: plan.prefix)
            plan = try await environment.caches.rebuildPlan(for: job)
        }
        let listing = BucketListing(
            environment: environment, job: job, configuration: configuration, store: store, progress: progress,
            spent: spent)
        do {
            try await listing.run(plan)
            if !plan.isSerial {
                // A helper may have seen that what was listed cannot be believed: then it is listed anew.
                plan = try await environment.caches.rebuildPlan(for: job)
                if plan.isSerial { try await listing.run(plan) }
            }
        } catch let error as ListsPageByPage {
            environment.observe(.listingSerial(job, reason: error.reason))
            try await environment.caches.beginSerialListing(for: job)
            plan = try await environment.caches.rebuildPlan(for: job)
            try await listing.run(plan)
        }

        let totals = try await environment.caches.totals(of: job)
        environment.observe(.bucketListed(job, RebuildResult(totals, seconds: spent.seconds)))
        if totals.counters.unlistable > 0 { environment.observe(.namesUnlistable(job, totals.counters.unlistable)) }
        if plan.asOf != nil {
            var last: ObjectKey?
            repeat {
                last = try await environment.inventories.discard(for: job, after: last, limit: 100_000)
                try await progress.reportAlive()
            } while last != nil
        }
        if plan.isDryRun {
            try await environment.caches.recordOrphans(for: job)
        } else {
            if !plan.isForced {
                try DeletionGuard(maxDeleteFraction: plan.maxDeleteFraction).check(totals.counters, cache: job.cache)
            }
            try await apply(job) {
                try await progress.report(done: totals.counters.listed, total: totals.counters.listed)
            }
        }
        try await environment.caches.complete(job, rebuilt: RebuildResult(totals, seconds: spent.seconds))
    }

    /// Writes what was found; calls `report` again and again, so that it does not count as standing still.
    private func apply(_ job: Job, report: () async throws -> Void) async throws {
        var pause = YieldPause()
        while true {
            try Task.checkCancellation()
            try await report()
            switch try await environment.caches.applyNextSlice(for: job) {
            case .finished:
                return
            case .applied:
                pause = YieldPause()
            case .blocked:
                if pause.count == 0 { environment.observe(.rebuildBlocked(job)) }
                try await pause.wait()
            }
        }
    }
}

extension ContinuousClock.Instant {
    /// Seconds since this instant.
    var elapsedSeconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - self).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
