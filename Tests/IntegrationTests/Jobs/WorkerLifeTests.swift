import Adapters
import Core
import Postgres
import TestSupport
import Testing
import Worker

/// What a worker survives, and what it leaves alone.
@Suite(.timeLimit(.minutes(15))) struct WorkerLifeTests {
    @Test func jobOfAnUnknownKindWaitsForAWorkerThatKnowsIt() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.number(
                "insert into s3cache.job (kind, cache_id, owner) values ('divine', 1, current_user) returning id")
            try await rig.withWorker(MemoryStore()) {
                try await waitUntil("the attempt is over") {
                    try await rig.session.status(of: Int64(id)).error != nil
                }
                let status = try await rig.session.status(of: Int64(id))
                #expect(status.state == "waiting" || status.attempt > 1)
                #expect(status.code == "unknown_kind")
                #expect(status.error?.contains("divine") == true && status.error?.contains("version") == true)
                // It keeps nobody else from working.
                let rebuild = try await rig.session.enqueueRebuild()
                #expect(try await rig.session.wait(for: rebuild).state == "done")
            }
        }
    }

    @Test func workerThatWasGivenUpRegistersAnewAndGoesOn() async throws {
        try await Rig.use { rig in
            let journal = Journal()
            try await rig.withWorker(MemoryStore(), observe: journal.observe) {
                try await waitUntil("it is there") {
                    try await rig.session.number("select count(*) from s3cache.worker") == 1
                }
                try await rig.session.run("delete from s3cache.worker")
                try await waitUntil("it is there again") {
                    try await rig.session.number("select count(*) from s3cache.worker where id > 1") == 1
                }
                let id = try await rig.session.enqueueRebuild()
                #expect(try await rig.session.wait(for: id).state == "done")
            }
            #expect(journal.count { if case .workerGivenUp = $0 { true } else { false } } == 1)
        }
    }

    @Test func retryableFailureWaitsLongerEachTimeAndEndsWithTheLastAttempt() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            try await rig.session.run("update s3cache.job set max_attempts = 4")
            for attempt in 1...4 {
                let job = try await rig.claim(.rebuild)
                #expect(job.attempt == attempt)
                _ = try await rig.jobs.fail(job, JobFailure(code: "x", message: "Not now.", isRetryable: true))
                if attempt == 4 { break }
                let delay: Double = try await rig.session.connection.query(
                    "select extract(epoch from run_at - clock_timestamp())::float8 from s3cache.job"
                ).only[0]
                #expect(delay <= Double(1 << attempt))
                // Before that it is nobody's.
                try await rig.session.run("update s3cache.job set run_at = now() + interval '1 hour'")
                #expect(try await rig.jobs.claim(for: rig.register(), limit: 9, park: false, running: nil).isEmpty)
                try await rig.session.run("update s3cache.job set run_at = now()")
            }
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.error == "Not now." && status.retryable == "true")
        }
    }

    @Test func failureThatIsNotRetryableEndsTheJobAtOnce() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            let job = try await rig.claim(.rebuild)
            _ = try await rig.jobs.fail(job, JobFailure(code: "x", message: "Never.", isRetryable: false))
            #expect(try await rig.session.status(of: id).state == "failed")
            let again = try await rig.session.number("select s3cache.retry(\(id))")
            #expect(try await rig.claim(.rebuild).id == Int64(again))
        }
    }

    @Test func restoredCopyRunsNothingUntilItIsResumed() async throws {
        try await Rig.use { rig in
            try await rig.session.run("update s3cache.installation set database_oid = 1")
            let store = MemoryStore()
            try await store.put("a", [])
            try await rig.withWorker(store) {
                let id = try await rig.session.enqueueRebuild()
                try await rig.session.run("insert into s3_image_cache (filename) values ('b')")
                try await waitUntil("the worker has looked") {
                    try await rig.session.text("select min(state) from s3cache.workers") == "held"
                }
                // Some polls later nothing has begun.
                let heartbeat = try await rig.session.text("select max(heartbeat_at)::text from s3cache.worker")
                try await waitUntil("the worker lives on") {
                    try await rig.session.text("select max(heartbeat_at)::text from s3cache.worker") != heartbeat
                }
                #expect(try await rig.session.status(of: id).state == "queued")
                #expect(try await rig.session.number("select count(*) from s3cache.jobs") == 1)
                #expect(try await rig.session.filenames() == ["b"])
                #expect(try await rig.session.number("select s3cache.resume()") == 1)
                #expect(try await rig.session.wait(for: id).state == "done")
            }
            #expect(try await rig.session.filenames().first == "a")
        }
    }

    /// Whoever truncates a cache and does not commit holds up that cache, not the others, and not the worker's leaving.
    @Test func lockedCacheHoldsUpNoOtherCache() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.create_cache('other', bucket => 'bucket')")
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("truncate s3_image_cache")
            let store = try MemoryStore(sorted: .made(["a"]))
            try await rig.withWorker(store) {
                let id = try await rig.session.enqueueRebuild("other")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
            try await user.run("commit")
        }
    }
}
