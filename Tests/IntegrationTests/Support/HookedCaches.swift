import Core

/// The moments of a rebuild at which a test may act.
enum RebuildMoment: String, CaseIterable, Sendable {
    case beforeFence, afterFence, beforeRows, afterRows, afterStage, afterKeep, beforeApply, afterApply, beforeComplete
}

/// The caches, with a hook at every step of a rebuild.
struct HookedCaches: CacheStore {
    let base: any CacheStore
    let hook: @Sendable (RebuildMoment) async throws -> Void

    func configuration(of cache: String) async throws -> CacheConfiguration {
        try await base.configuration(of: cache)
    }

    func fence() async throws -> Fence {
        try await hook(.beforeFence)
        let fence = try await base.fence()
        try await hook(.afterFence)
        return fence
    }

    func rebuildPlan(for job: Job) async throws -> RebuildPlan { try await base.rebuildPlan(for: job) }

    func makeDryRun(_ job: Job) async throws { try await base.makeDryRun(job) }
    func rangesToList(for job: Job) async throws -> [KeyInterval] { try await base.rangesToList(for: job) }

    func rows(of cacheID: Int32, in ranges: [KeyRange], asOf: Timestamp?, limit: Int) async throws -> CachedRows {
        try await hook(.beforeRows)
        let rows = try await base.rows(of: cacheID, in: ranges, asOf: asOf, limit: limit)
        try await hook(.afterRows)
        return rows
    }

    func stage(
        _ difference: CacheDiff, prefixLength: Int, ofSlice number: Int32, for job: Job, of plan: RebuildPlan
    ) async throws {
        try await base.stage(difference, prefixLength: prefixLength, ofSlice: number, for: job, of: plan)
        try await hook(.afterStage)
    }

    func keep(_ slice: ComparedSlice, for job: Job, of plan: RebuildPlan) async throws -> KeptSlice {
        let kept = try await base.keep(slice, for: job, of: plan)
        try await hook(.afterKeep)
        return kept
    }

    func handOver(_ ranges: [KeyInterval], for job: Job) async throws -> Bool {
        try await base.handOver(ranges, for: job)
    }

    func askForRanges(for job: Job) async throws -> RangesAnswer { try await base.askForRanges(for: job) }

    func inviteHelpers(for job: Job) async throws -> Int { try await base.inviteHelpers(for: job) }

    func distrustListing(of job: Job) async throws { try await base.distrustListing(of: job) }

    func trustListing(of job: Job) async throws { try await base.trustListing(of: job) }

    func beginSerialListing(for job: Job) async throws { try await base.beginSerialListing(for: job) }

    func totals(of job: Job) async throws -> RebuildTotals { try await base.totals(of: job) }

    func applyNextSlice(for job: Job) async throws -> ApplyOutcome {
        try await hook(.beforeApply)
        let outcome = try await base.applyNextSlice(for: job)
        try await hook(.afterApply)
        return outcome
    }

    func recordOrphans(for job: Job) async throws { try await base.recordOrphans(for: job) }

    func complete(_ job: Job, rebuilt: RebuildResult) async throws {
        try await hook(.beforeComplete)
        try await base.complete(job, rebuilt: rebuilt)
    }

    func rowsToVerify(for job: Job, after: ObjectKey?, limit: Int) async throws -> [ObjectKey] {
        try await base.rowsToVerify(for: job, after: after, limit: limit)
    }

    func record(_ verified: [VerifiedRow], fence: Fence, for job: Job) async throws -> Bool {
        try await base.record(verified, fence: fence, for: job)
    }
}
