package import Core
internal import Foundation
package import Postgres

/// The queue in PostgreSQL: every call is one of the functions that `s3cache_worker` may execute.
package struct PostgresJobStore: JobStore {
    private let pool: PostgresPool

    /// A queue behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func register(_ announcement: WorkerAnnouncement) async throws -> WorkerID {
        let rows = try await query(
            "select s3cache.register_worker($1, $2, $3, $4, $5::interval, $6, $7::interval) as id",
            [
                .string(announcement.name), .string(announcement.host), .int64(Int64(announcement.processID)),
                .string(announcement.version), .string(announcement.lease.postgresInterval),
                .string(try announcement.defaults.jsonText), .string(announcement.writeTimeout.postgresInterval),
            ])
        let worker = WorkerID(rawValue: try rows.only["id"])
        if announcement.runsPinnedOnly {
            try await query("select s3cache.run_pinned_only($1)", [.int64(worker.rawValue)])
        }
        return worker
    }

    package func heartbeat(_ worker: WorkerID, draining: Bool, running: [Int64]) async throws -> [Int64] {
        try await noticingGivenUp {
            try await query(
                "select s3cache.heartbeat($1, $2, $3) as unwanted",
                [.int64(worker.rawValue), .string(draining ? "draining" : "running"), .int64s(running)]
            ).only["unwanted"]
        }
    }

    package func unregister(_ worker: WorkerID) async throws {
        // A user's open transaction may hold a job for long: then that is rescued when the lease has ended.
        for attempt in 1...5 {
            do {
                _ = try await query("select s3cache.unregister_worker($1)", [.int64(worker.rawValue)])
                return
            } catch let error as PostgresError where error.isLockConflict && attempt < 5 {
                continue
            }
        }
    }

    package func claim(
        for worker: WorkerID, limit: Int, longLimit: Int, park: Bool, running: [Int64]?
    ) async throws -> [Job] {
        let rows = try await noticingGivenUp {
            try await query(
                "select id, token, kind, cache, args, attempt from s3cache.claim_jobs($1, $2, $3, $4, $5)",
                [
                    .int64(worker.rawValue), .int(limit), .bool(park),
                    running.map { PostgresValue.int64s($0) } ?? .null, .int(longLimit),
                ])
        }
        return try rows.map { row in
            let arguments: String = try row["args"]
            return Job(
                id: try row["id"], token: try row["token"], kind: JobKind(rawValue: try row["kind"]),
                cache: try row["cache"],
                arguments: try JSONDecoder().decode(JobArguments.self, from: Data(arguments.utf8)),
                attempt: try row["attempt"])
        }
    }

    package func nextDue() async throws -> Duration? {
        let seconds: Double? = try await query(
            "select extract(epoch from s3cache.next_due())::float8 as seconds", []
        ).only["seconds"]
        return seconds.map { .seconds($0) }
    }

    package func complete(_ job: Job, result: some Encodable & Sendable) async throws -> Bool {
        let completed: [Int64] = try await query(
            "select s3cache.complete_jobs($1, $2, $3::jsonb[]) as completed",
            [.int64s([job.id]), .int64s([job.token]), .strings([try result.jsonText])]
        ).only["completed"]
        return !completed.isEmpty
    }

    package func fail(_ job: Job, _ failure: JobFailure) async throws -> Bool {
        let state: String? = try await query(
            "select s3cache.fail_job($1, $2, $3, $4) as state",
            [.int64(job.id), .int64(job.token), .string(failure.message), .string(try FailureDetail(failure).jsonText)]
        ).only["state"]
        return state != nil
    }

    package func cancel(_ job: Job) async throws -> Bool {
        try await query(
            "select s3cache.cancel_claimed_job($1, $2) as cancelled", [.int64(job.id), .int64(job.token)]
        ).only["cancelled"]
    }

    package func setListening(_ worker: WorkerID, _ listens: Bool) async throws {
        try await query("select s3cache.set_listening($1, $2)", [.int64(worker.rawValue), .bool(listens)])
    }

    package func take(_ hints: [String], dropped: Int, by worker: WorkerID) async throws -> Int {
        try await query(
            "select s3cache.take_hints($1, $2, $3) as ignored",
            [.int64(worker.rawValue), .strings(hints), .int(dropped)]
        ).only["ignored"]
    }

    package func report(_ job: Job, done: Int, total: Int?) async throws {
        _ = try await noticingLostClaim(of: job) {
            try await query(
                "select s3cache.report_progress($1, $2, $3, $4)",
                [.int64(job.id), .int64(job.token), .int(done), .int64(orNull: total.map(Int64.init))])
        }
    }

    package func pruneHistory(olderThan age: Duration, limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await prune(
            "s3cache.prune_history($1::interval, $2, $3)", [.string(age.postgresInterval), .int(limit)], from: place)
    }

    package func pruneListings(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await prune("s3cache.prune_listings($1, $2)", [.int(limit)], from: place)
    }

    package func pruneTombstones(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await prune("s3cache.prune_tombstones($1, $2)", [.int(limit)], from: place)
    }

    package func pruneFetchFailures(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await prune("s3cache.prune_fetch_failures($1, $2)", [.int(limit)], from: place)
    }

    package func pruneContent(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await prune("s3cache.prune_content($1, $2)", [.int(limit)], from: place)
    }

    private func prune(_ call: String, _ parameters: [PostgresValue], from place: PruningPlace?) async throws -> Pruned
    {
        try await pool.prune(call, parameters, from: place)
    }

    @discardableResult
    private func query(_ sql: String, _ parameters: [PostgresValue]) async throws -> PostgresRows {
        try await pool.query(sql, parameters)
    }

    private func noticingGivenUp<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as PostgresError where error.code == .noDataFound {
            throw WorkerGivenUp()
        }
    }
}

/// `result->'error'` of a failed job.
private struct FailureDetail: Encodable {
    var code: String
    var operation: String?
    var bucket: String?
    var key: String?
    var request_id: String?
    var retryable: Bool

    init(_ failure: JobFailure) {
        code = failure.code
        operation = failure.operation
        bucket = failure.bucket
        key = failure.key
        request_id = failure.requestID
        retryable = failure.isRetryable
    }
}
