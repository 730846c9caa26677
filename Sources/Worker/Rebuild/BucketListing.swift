import Core

/// Lists a rebuild's bucket, or an inventory of it, until nobody has anything left to list, and keeps what differs from the cache: for the job that
/// runs the rebuild, and for those that help it.
struct BucketListing: Sendable {
    let environment: JobEnvironment
    let job: Job
    let configuration: CacheConfiguration
    let store: any ObjectStore
    let progress: ProgressReporter
    let spent: TimeSpent

    /// Throws what the store throws, `ListsPageByPage`, `ClaimLost` and `RebuildGone`.
    func run(_ plan: RebuildPlan) async throws {
        let listing = ListingRun(
            keeper: SliceKeeper(
                caches: environment.caches, job: job, plan: plan, cachePrefix: configuration.prefix,
                limit: 2 * environment.settings.sliceSize,
                seconds: { spent.seconds },
                progress: progress),
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
            },
            trust: {
                guard job.kind == .rebuild else { return }
                try await environment.caches.trustListing(of: job)
            })
        var nextSlice = plan.nextSlice
        var listed = ListingProgress(listed: plan.listed)
        // A helper may reach the bucket in another way.
        var isTrusted = plan.isTrusted && job.kind == .rebuild
        while true {
            try Task.checkCancellation()
            let ranges = try await environment.caches.rangesToList(for: job)
            if ranges.isEmpty {
                guard try await obtainsMore() else { return }
            } else if plan.asOf != nil || plan.isSerial || !store.listsFromAnyKey {
                var pages = serialPages(plan, ranges)
                try await listing.run(&pages, nextSlice: &nextSlice, progress: &listed)
            } else {
                var pages = parallelPages(plan, ranges, isTrusted: isTrusted)
                try await listing.run(&pages, nextSlice: &nextSlice, progress: &listed)
                isTrusted = pages.isTrusted
            }
        }
    }

    /// Waits until others have given something to list, or, false, have nothing left themselves.
    private func obtainsMore() async throws -> Bool {
        var questions = 0
        while true {
            switch try await environment.caches.askForRanges(for: job) {
            case .listed: return false
            case .given: return true
            case .wait:
                questions += 1
                try await progress.reportAlive()
                try await Task.sleep(for: environment.settings.askDelay(afterQuestions: questions))
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

    private func parallelPages(_ plan: RebuildPlan, _ ranges: [KeyInterval], isTrusted: Bool) -> ParallelPages {
        ParallelPages(
            store: store, prefix: configuration.prefix + plan.prefix, intervals: ranges.map(keys),
            limit: min(environment.settings.sliceSize, 1_000), concurrency: environment.settings.listConcurrency,
            seed: UInt64(bitPattern: job.token), isTrusted: isTrusted)
    }

    private func keys(_ filenames: KeyInterval) -> KeyInterval {
        KeyInterval(
            after: filenames.after.map { configuration.key(of: $0) },
            upto: filenames.upto.map { configuration.key(of: $0) })
    }
}
