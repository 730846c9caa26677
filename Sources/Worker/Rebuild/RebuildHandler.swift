package import Core

/// Makes a cache equal to its bucket.
///
/// The bucket is listed slice by slice, each slice compared with the same part of the cache, and the differences staged
/// beside the checkpoint. Only when the listing has succeeded to its end, and does not remove too much, are they written
/// into the cache, again slice by slice. A listing that fails has changed nothing; a worker that dies has lost one slice.
/// Where the cache was empty, rows are written at once: there is nothing that they could harm.
package struct RebuildHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for rebuild jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let started = ContinuousClock.now
        let (configuration, store) = try await environment.open(job)
        var plan = try await environment.caches.rebuildPlan(for: job)
        let secondsBefore = plan.counters.seconds
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)

        if !plan.hasListedAll {
            let lister = SliceLister(
                store: store, caches: environment.caches, cachePrefix: configuration.prefix, prefix: plan.prefix,
                after: plan.upto, sliceSize: environment.settings.sliceSize)
            let original = plan
            var slice = try await lister.next()
            var compared: ComparedSlice?
            while let current = slice {
                // Three slices are under way: the next one is listed, and the last one kept, while this one is compared.
                async let following = current.upto == nil ? nil : lister.next()
                let last = compared
                async let kept: Void = keep(last, for: job, of: original)
                plan.counters.seconds = secondsBefore + started.elapsedSeconds
                let difference = try await compare(current, &plan, prefixLength: configuration.prefix.utf8.count)
                try await kept
                compared = difference
                try await progress.report(done: plan.counters.listed, total: plan.expected)
                do {
                    slice = try await following
                } catch {
                    // The next attempt goes on behind what was compared.
                    try await keep(compared, for: job, of: original)
                    throw error
                }
            }
            try await keep(compared, for: job, of: original)
        }
        if plan.counters.unlistable > 0 { environment.observe(.namesUnlistable(job, plan.counters.unlistable)) }

        if plan.isDryRun {
            try await environment.caches.recordOrphans(for: job)
        } else {
            if !plan.isForced {
                try DeletionGuard(maxDeleteFraction: plan.maxDeleteFraction).check(plan.counters, cache: job.cache)
            }
            try await apply(job) {
                try await progress.report(done: plan.counters.listed, total: plan.expected)
            }
        }
        plan.counters.seconds = secondsBefore + started.elapsedSeconds
        try await environment.caches.complete(job, rebuilt: RebuildResult(plan.counters))
    }

    private func compare(
        _ slice: ListedSlice, _ plan: inout RebuildPlan, prefixLength: Int
    ) async throws -> ComparedSlice {
        let upto = slice.upto?.dropping(prefixOfLength: prefixLength)
        let range = KeyRange(prefix: plan.prefix, after: plan.upto, upto: upto)
        let rows = try await environment.caches.rows(of: plan.cacheID, in: range)
        let difference = CacheDiff(listed: slice.objects, cached: rows, prefixLength: prefixLength)
        plan.counters.add(slice, difference)
        defer {
            plan.nextSlice += 1
            plan.upto = upto
        }
        return ComparedSlice(
            number: plan.nextSlice, fence: slice.fence, upto: upto, difference: difference, prefixLength: prefixLength,
            isDirect: plan.isDirect && rows.isEmpty, counters: plan.counters)
    }

    private func keep(_ slice: ComparedSlice?, for job: Job, of plan: RebuildPlan) async throws {
        guard let slice else { return }
        _ = try await environment.caches.keep(slice, for: job, of: plan)
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
