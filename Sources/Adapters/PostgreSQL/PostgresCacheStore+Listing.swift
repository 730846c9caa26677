package import Core
internal import Postgres

extension PostgresCacheStore {
    package func rebuildPlan(for job: Job) async throws -> RebuildPlan {
        let rows = try await callListing(
            """
            select rebuild_id, cache_id, prefix, dry_run, force, max_delete_fraction, part, next_slice, seconds, direct,
                serial, trusted, expected, (extract(epoch from as_of) * 1000000)::bigint as as_of, listed
            from s3cache.listing_plan($1, $2)
            """, for: job)
        let row = try rows.only
        let expected: Int64? = try row["expected"]
        let asOf: Int64? = try row["as_of"]
        let listed: Int64 = try row["listed"]
        return RebuildPlan(
            rebuildID: try row["rebuild_id"], cacheID: try row["cache_id"], prefix: try row["prefix"],
            isDryRun: try row["dry_run"], isForced: try row["force"],
            maxDeleteFraction: try row["max_delete_fraction"], part: try row["part"], nextSlice: try row["next_slice"],
            seconds: try row["seconds"], isDirect: try row["direct"], isSerial: try row["serial"],
            isTrusted: try row["trusted"], expected: expected.map { Int($0) },
            asOf: asOf.map { Timestamp(microseconds: $0) }, listed: Int(listed))
    }

    package func makeDryRun(_ job: Job) async throws {
        try await call("select s3cache.make_dry_run($1, $2)", [], for: job)
    }

    package func rangesToList(for job: Job) async throws -> [KeyInterval] {
        try await callListing("select after, upto from s3cache.ranges_to_list($1, $2)", for: job).map { row in
            let after: String? = try row["after"]
            let upto: String? = try row["upto"]
            return KeyInterval(after: after.map { ObjectKey($0) }, upto: upto.map { ObjectKey($0) })
        }
    }

    package func handOver(_ ranges: [KeyInterval], for job: Job) async throws -> Bool {
        try await callListing(
            "select s3cache.hand_over_ranges($1, $2, $3, $4) as handed_over", ranges.bounds, for: job
        ).only["handed_over"]
    }

    package func askForRanges(for job: Job) async throws -> RangesAnswer {
        let answer: String = try await callListing("select s3cache.ask_for_ranges($1, $2) as answer", for: job)
            .only["answer"]
        // Whatever else it says, asking again does no harm.
        return RangesAnswer(rawValue: answer) ?? .wait
    }

    package func inviteHelpers(for job: Job) async throws -> Int {
        let count: Int32 = try await callListing("select s3cache.invite_helpers($1, $2) as count", for: job).only[
            "count"]
        return Int(count)
    }

    package func distrustListing(of job: Job) async throws {
        try await callListing("select s3cache.distrust_listing($1, $2)", for: job)
    }

    package func trustListing(of job: Job) async throws {
        try await callListing("select s3cache.trust_listing($1, $2)", for: job)
    }

    package func beginSerialListing(for job: Job) async throws {
        try await callListing("select s3cache.list_serially($1, $2)", for: job)
    }

    package func totals(of job: Job) async throws -> RebuildTotals {
        let row = try await callListing(
            """
            select t.workers, c.number
            from s3cache.rebuild_totals($1, $2) t, unnest(t.counts) with ordinality as c (number, place)
            order by c.place
            """, for: job)
        let workers: Int32 = try row.first?["workers"] ?? 0
        return RebuildTotals(counters: RebuildCounters(try row.map { try $0["number"] }), workers: Int(workers))
    }

    package func applyNextSlice(for job: Job) async throws -> ApplyOutcome {
        let rows = try await pool.yielding(
            for: job, call: "s3cache.apply_slice($1, $2) as applied", [.int64(job.id), .int64(job.token)])
        guard let rows else { return .blocked }
        let applied: Int64? = try rows.only["applied"]
        return applied == nil ? .finished : .applied
    }

    package func recordOrphans(for job: Job) async throws {
        try await call("select s3cache.record_orphans($1, $2)", [], for: job)
    }

    package func complete(_ job: Job, rebuilt: RebuildResult) async throws {
        try await call("select s3cache.complete_rebuild($1, $2, $3)", [.string(try rebuilt.jsonText)], for: job)
    }

    @discardableResult
    private func callListing(
        _ sql: String, _ parameters: [PostgresValue] = [], for job: Job
    ) async throws -> PostgresRows {
        try await noticingGoneRebuild(of: job) { try await call(sql, parameters, for: job) }
    }
}

/// Tells a helper that its rebuild is gone; for the rebuild itself it is a lost checkpoint.
func noticingGoneRebuild<Result>(of job: Job, _ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let failure as JobFailure where failure.code == "checkpoint_lost" && job.kind == .rebuildPart {
        throw RebuildGone()
    }
}

extension [KeyInterval] {
    /// The bounds as two arrays that belong together by position.
    var bounds: [PostgresValue] {
        [.strings(map { $0.after?.string }), .strings(map { $0.upto?.string })]
    }
}
