import Adapters
import Core
import Postgres
import TestSupport
import Testing

/// What keeps the queue from working well is found in the database.
@Suite(.timeLimit(.minutes(15))) struct PostgresHealthTests {
    private func finding(
        _ check: String, on connection: PostgresConnection, own: [String: String] = [:],
        change: (inout HealthLimits) -> Void = { _ in }
    ) async throws -> HealthFinding? {
        var limits = HealthLimits()
        change(&limits)
        return try await PostgresHealth(connection, own: own, limits: limits).findings().first { $0.check == check }
    }

    /// Registers a worker that says that it is of this environment.
    private func register(_ name: String, _ defaults: String, on connection: PostgresConnection) async throws {
        try await connection.query(
            "select s3cache.register_worker($1, 'h', 1, s3cache.version(), '1 hour', $2::jsonb)",
            [.string(name), .string(defaults)])
    }

    @Test func allIsWellInAnEmptyDatabase() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            let findings = try await PostgresHealth(connection, own: [:]).findings()
            #expect(findings.map(\.status) == [.pass, .pass, .pass, .pass, .pass], "\(findings)")
        }
    }

    @Test func workersThatDisagreeFail() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            try await register("one", #"{"bucket": "a", "region": "r"}"#, on: connection)
            let own = ["bucket": "a", "region": "r"]
            #expect(try await finding("workers' settings", on: connection, own: own)?.status == .pass)
            let other = try await finding("workers' settings", on: connection, own: ["bucket": "b", "region": "r"])
            #expect(other?.status == .warn && other?.detail.contains("workers' bucket") == true)
            try await register("two", #"{"bucket": "a", "region": "s"}"#, on: connection)
            let disagree = try await finding("workers' settings", on: connection, own: own)
            #expect(disagree?.status == .fail && disagree?.detail.contains("disagree on the region") == true)
            try await connection.execute(
                "update s3cache.worker set heartbeat_at = now() - interval '2 hours' where name = 'two'")
            #expect(try await finding("workers' settings", on: connection, own: own)?.status == .pass)
        }
    }

    @Test func workerThatDoesNotListenIsTold() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            try await register("deaf", "{}", on: connection)
            #expect(try await finding("notifications", on: connection)?.status == .pass)
            let deaf = try await finding("notifications", on: connection) { $0.deafWorker = .seconds(-60) }
            #expect(
                deaf?.status == .warn && deaf?.detail.contains("\"deaf\" cannot LISTEN") == true,
                "\(String(describing: deaf))")
            try await connection.execute("update s3cache.worker set listens = true")
            #expect(
                try await finding("notifications", on: connection) { $0.deafWorker = .seconds(-60) }?.status == .pass)
            let full = try await finding("notifications", on: connection) { $0.notificationRoom = -1 }
            #expect(full?.status == .fail && full?.detail.contains("pg_stat_activity") == true)
        }
    }

    @Test func jobsThatWaitOrFailedAreTold() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            try await register("w", "{}", on: connection)
            try await connection.query("select s3cache.rebuild()")
            #expect(try await finding("queue", on: connection)?.detail == "1 jobs have not ended.")
            let late = try await finding("queue", on: connection) { $0.queuedJob = .seconds(-1) }
            #expect(late?.status == .warn && late?.detail.contains("start more workers") == true)
            try await connection.execute(
                """
                insert into s3cache.job_history (id, kind, cache, cache_id, args, priority, max_attempts, state, attempt, queued_at, finished_at, owner, error)
                select n, 'upload', 's3_image_cache', 1, '{}', 0, 1, 'failed', 1, now(), now() - n * interval '1 minute', 'o', 'reason ' || n
                from generate_series(1000, 1002) n
                """)
            let failed = try await finding("failed jobs", on: connection)
            #expect(
                failed?.status == .warn && failed?.detail.contains("3 of kind upload") == true,
                "\(String(describing: failed))")
            #expect(failed?.detail.contains("reason 1000") == true)
            try await connection.query("select s3cache.configure('s3_image_cache', paused => true)")
            #expect(try await finding("queue", on: connection)?.detail.contains("is paused") == true)
        }
    }

    @Test func transactionThatIsHeldOpenIsTold() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            let holder = try await database.connect()
            try await holder.execute("begin isolation level repeatable read; create temporary table held (n int)")
            let pid: Int64 = try await holder.query("select pg_backend_pid()::bigint as pid").only["pid"]
            #expect(try await finding("open transactions", on: connection)?.status == .pass)
            let rows = try await connection.query(
                "select count(*) as n from pg_stat_activity where pid = \(pid) and xact_start is not null")
            #expect(try rows.only["n"] as Int64 == 1)
            let held = try await finding("open transactions", on: connection) { $0.openTransaction = .zero }
            #expect(
                held?.status == .warn && held?.detail.contains("pg_terminate_backend(") == true,
                "\(String(describing: held))")
            await holder.close()
        }
    }

    /// It belongs to no session, and outlives a restart.
    @Test func preparedTransactionThatNobodyEndsIsTold() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            let name = "it's \(database.name)"
            let quoted = "'\(name.replacing("'", with: "''"))'"
            try await connection.execute("begin; create table held (n int); prepare transaction \(quoted)")
            do {
                try await waitUntil("it is the oldest one of the server") {
                    let found = try await finding("open transactions", on: connection) { $0.openTransaction = .zero }
                    return found?.status == .warn && found?.detail.contains("ROLLBACK PREPARED \(quoted)") == true
                }
            } catch {
                try await connection.execute("rollback prepared \(quoted)")
                throw error
            }
            try await connection.execute("rollback prepared \(quoted)")
        }
    }

    @Test func deadRowsAreTold() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            try await connection.execute(
                """
                create table s3cache.much (n int) with (autovacuum_enabled = off);
                insert into s3cache.much select generate_series(1, 1000);
                delete from s3cache.much;
                """)
            try await waitUntil("the statistics have arrived") {
                try await connection.query("select pg_stat_force_next_flush()")
                let rows = try await connection.query(
                    "select n_dead_tup from pg_stat_all_tables where schemaname = 's3cache' and relname = 'much'")
                return try rows.only["n_dead_tup"] as Int64 >= 1000
            }
            let dead = try await finding("dead rows", on: connection) { $0.deadRows = 500 }
            #expect(
                dead?.status == .warn && dead?.detail.contains("VACUUM s3cache.much") == true,
                "\(String(describing: dead))")
            #expect(try await finding("dead rows", on: connection)?.status == .pass)
        }
    }

    /// Whoever may not look is told so, and the rest goes on.
    @Test func whatThisRoleMayNotSeeIsSkipped() async throws {
        try await TestDatabase.use { database in
            let connection = try await database.connect()
            try await connection.execute("create role nobody_\(database.name); set role nobody_\(database.name)")
            let findings = try await PostgresHealth(connection, own: [:]).findings()
            #expect(
                findings.contains { $0.status == .skip }
                    && findings.contains { $0.check == "dead rows" && $0.status == .pass })
            try await connection.execute("reset role; drop role nobody_\(database.name)")
        }
    }
}
