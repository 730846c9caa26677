import Adapters
import Core
import Postgres
import TestSupport
import Testing
import Worker

/// A worker outlives its connections, and no job is lost with them.
@Suite(.timeLimit(.minutes(15))) struct LostConnectionTests {
    /// Ends every connection to the rig's database but the given session's own.
    private func cutConnections(_ session: CacheSession, listeningOnly: Bool = false) async throws -> Int {
        try await session.number(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
                and ($1 = 'all' or application_name like '% listener')
            """, listeningOnly ? "listening" : "all")
    }

    @Test func lostListenConnectionIsReplacedAndWakesTheWorkerAgain() async throws {
        try await Rig.use { rig in
            var settings = WorkerSettings.small
            // Only a notification can be in time.
            settings.pollInterval = .seconds(300)
            settings.lease = .seconds(600)
            try await rig.withWorker(MemoryStore(), settings: settings) {
                func waitUntilParked() async throws {
                    try await waitUntil("the worker listens and is parked") {
                        try await rig.session.number(
                            """
                            select count(*) from s3cache.worker w, pg_stat_activity a
                            where w.parked and w.listens and a.datname = current_database() and a.application_name like '% listener'
                            """) == 1
                    }
                }
                try await waitUntilParked()
                #expect(try await cutConnections(rig.session, listeningOnly: true) == 1)
                try await waitUntil("the connection is gone") {
                    try await rig.session.number(
                        "select count(*) from pg_stat_activity where application_name like '% listener' and datname = current_database()"
                    ) == 0
                }
                try await waitUntilParked()
                let id = try await rig.session.enqueueRebuild()
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
        }
    }

    @Test func rebuildEndsDoneThoughAllConnectionsAreCutTimeAndAgain() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made((0..<600).map { "k\($0)" }), pageLimit: 5)
            let store = HookedStore(base, onRequest: { _, _ in try await Task.sleep(for: .milliseconds(5)) })
            let id = try await rig.session.enqueueRebuild()
            try await rig.withWorker(store, settings: .sliced(5)) {
                for _ in 0..<4 {
                    let before = try await rig.session.number("select count(*) from s3cache.rebuild_slice")
                    try await waitUntil(deadline: .seconds(40), "the rebuild gets on") {
                        // Whoever waits for a retry is not made to wait here.
                        try await rig.session.run(
                            "update s3cache.job set run_at = now() where state = 'waiting'")
                        return try await rig.session.number("select count(*) from s3cache.rebuild_slice") != before
                    }
                    _ = try await cutConnections(rig.session)
                }
                let status = try await rig.session.wait(for: id, deadline: .seconds(240))
                #expect(status.state == "done", "\(status.error ?? "")")
            }
            #expect(try await rig.session.present() == base.expectedRows())
        }
    }

    /// The failure of an attempt cannot be told while the database is away; the worker itself lives on.
    @Test func failureThatCouldNotBeReportedLeavesNoJobBehind() async throws {
        try await Rig.use { rig in
            let isBroken = Shared(true)
            let cutter = try await rig.newSession()
            let store = HookedStore(
                MemoryStore(),
                onRequest: { _, _ in
                    guard isBroken.value else { return }
                    isBroken.withLock { $0 = false }
                    // From here on nobody gets in, and who was in is out.
                    try await cutter.run("alter role s3cache_test_gate nologin")
                    try await cutter.run(
                        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 's3cache_test_gate'")
                    try await waitUntil("its sessions are over") {
                        try await cutter.number(
                            "select count(*) from pg_stat_activity where usename = 's3cache_test_gate'") == 0
                    }
                    throw StoreError(.accessDenied, "No.", operation: "ListObjectsV2", bucket: "b")
                })
            try await rig.session.run("drop role if exists s3cache_test_gate")
            try await rig.session.run("create role s3cache_test_gate login superuser")
            let pool = PostgresPool(
                PostgresSettings("dbname='\(rig.database.name)' user=s3cache_test_gate"), maximum: 6)
            let gated = Rig(
                database: rig.database, pool: pool, jobs: PostgresJobStore(pool: pool),
                caches: PostgresCacheStore(pool: pool), contents: PostgresContentStore(pool: pool),
                urls: PostgresURLStore(pool: pool), session: rig.session)
            let id = try await rig.session.enqueueRebuild()
            var settings = WorkerSettings.small
            settings.lease = .seconds(60)
            let journal = Journal()
            try await gated.withWorker(store, settings: settings, observe: journal.observe) {
                try await waitUntil("the attempt failed, and the worker could not say so") {
                    let afterwards = journal.all.drop { if case .jobFailed = $0 { false } else { true } }
                    return afterwards.count { if case .databaseUnavailable = $0 { true } else { false } } > 2
                }
                try await rig.session.run("alter role s3cache_test_gate login")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
            await pool.close()
            try await rig.session.run("drop role s3cache_test_gate")
        }
    }

    /// The claim was committed, its answer never arrived.
    @Test func claimWhoseAnswerWasLostIsHandedBackWhileTheWorkerLives() async throws {
        try await Rig.use { rig in
            try await rig.withWorker(MemoryStore()) {
                try await waitUntil("the worker is parked") {
                    try await rig.session.number("select count(*) from s3cache.worker where parked") == 1
                }
                let id: Int64 = try await rig.session.connection.transaction { connection in
                    let id: Int64 = try await connection.query("select s3cache.rebuild()").only[0]
                    try await connection.query(
                        "select s3cache.claim_jobs(w.id, 1, false) from s3cache.worker w")
                    return id
                }
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
        }
    }
}
