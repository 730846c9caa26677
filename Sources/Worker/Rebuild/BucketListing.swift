import Core

/// Lists a rebuild's bucket, or an inventory of it, until nobody has anything left to list, and keeps what differs from the cache: for the job that
/// runs the rebuild, and for those that help it.
struct BucketListing: Sendable {
    let environment: JobEnvironment
    let job: Job
    let configuration: CacheConfiguration
    let store: any ObjectStore
    let progress: ProgressReporter
    /// When this attempt began.
    let started: ContinuousClock.Instant

    /// Throws what the store throws, `ListsPageByPage`, `ClaimLost` and `RebuildGone`.
    func run(_ plan: RebuildPlan) async throws {
        let secondsBefore = plan.seconds
        let listing = ListingRun(
            keeper: SliceKeeper(
                caches: environment.caches, job: job, plan: plan, cachePrefix: configuration.prefix,
                limit: 2 * environment.settings.sliceSize,
                seconds: { secondsBefore + started.elapsedSeconds }),
            settings: environment.settings, cachePrefixLength: configuration.prefix.utf8.count,
            report: { listed, left in
                // What the table had is the better estimate, where it had anything.
                let total = plan.expected.map { max($0, listed) } ?? left.map { listed + $0 }
                try await progress.report(done: listed, total: total)
            },
            invite: {
                guard job.kind == .rebuild else { return }
                let count = try await environment.caches.inviteHelpers(for: job)
                if count > 0 { environment.observe(.helpersInvited(job, count)) }
            })
        var nextSlice = plan.nextSlice
        while true {
            try Task.checkCancellation()
            let ranges = try await environment.caches.rangesToList(for: job)
            if ranges.isEmpty {
                switch try await environment.caches.askForRanges(for: job) {
                case .listed: return
                case .given: continue
                case .wait:
                    try await progress.reportAlive()
                    try await Task.sleep(for: environment.settings.askInterval)
                }
            } else if plan.asOf != nil || plan.isSerial || !store.listsFromAnyKey {
                try await listing.run(serialPages(plan, ranges), nextSlice: &nextSlice)
            } else {
                try await listing.run(parallelPages(plan, ranges), nextSlice: &nextSlice)
            }
        }
    }

    private func serialPages(_ plan: RebuildPlan, _ ranges: [KeyInterval]) -> SerialPages {
        let list: SerialPages.List
        if plan.asOf != nil {
            let (inventories, job, prefix) = (environment.inventories, job, configuration.prefix)
            list = { try await inventories.list($0, for: job, prefix: prefix) }
        } else {
            let store = store
            list = { try await store.list($0) }
        }
        return SerialPages(
            bucket: store.bucket, prefix: configuration.prefix + plan.prefix, intervals: ranges.map(keys),
            limit: environment.settings.sliceSize, list: list)
    }

    private func parallelPages(_ plan: RebuildPlan, _ ranges: [KeyInterval]) -> ParallelPages {
        ParallelPages(
            store: store, prefix: configuration.prefix + plan.prefix, intervals: ranges.map(keys),
            limit: min(environment.settings.sliceSize, 1_000), concurrency: environment.settings.listConcurrency,
            seed: UInt64(bitPattern: job.token))
    }

    private func keys(_ filenames: KeyInterval) -> KeyInterval {
        KeyInterval(
            after: filenames.after.map { configuration.key(of: $0) },
            upto: filenames.upto.map { configuration.key(of: $0) })
    }
}
