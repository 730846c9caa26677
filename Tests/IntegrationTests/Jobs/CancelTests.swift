import Adapters
import Core
import TestSupport
import Testing
import Worker

/// `s3cache.cancel()` ends a job for good, whatever it was doing.
@Suite(.timeLimit(.minutes(15))) struct CancelTests {
    @Test func queuedJobEndsAtOnceAndNeverRuns() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            #expect(try await rig.session.text("select s3cache.cancel(\(id))::text") == "true")
            #expect(try await rig.session.status(of: id).state == "cancelled")
            #expect(try await rig.session.text("select s3cache.cancel(\(id))::text") == "false")
            let worker = try await rig.register()
            #expect(try await rig.jobs.claim(for: worker, limit: 10, park: false, running: nil).isEmpty)
        }
    }

    @Test func jobThatHangsInTheStoreIsStoppedByTheNextHeartbeat() async throws {
        try await Rig.use { rig in
            let store = HookedStore(
                MemoryStore(), onRequest: { _, _ in try await Task.sleep(for: .seconds(600)) })
            try await rig.withWorker(store) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("the rebuild runs") { try await rig.session.status(of: id).state == "running" }
                try await rig.session.run("select s3cache.cancel(\(id))")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "cancelled")
            }
        }
    }

    /// The job's own writes find out before any heartbeat does.
    @Test func jobThatWritesAllTheTimeEndsCancelledToo() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made((0..<4_000).map { "k\($0)" }), pageLimit: 1)
            let store = HookedStore(base, onRequest: { _, _ in try await Task.sleep(for: .milliseconds(5)) })
            var settings = WorkerSettings.sliced(1)
            settings.lease = .seconds(120)
            try await rig.withWorker(store, settings: settings) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("some slices are kept") {
                    try await rig.session.number("select count(*) from s3cache.rebuild_slice") > 3
                }
                try await rig.session.run("select s3cache.cancel(\(id))")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "cancelled")
                let next = try await rig.session.enqueueRebuild()
                try await waitUntil("the next rebuild runs") {
                    try await rig.session.status(of: next).state == "running"
                }
                try await rig.session.run("select s3cache.cancel(\(next))")
            }
        }
    }

    /// What waits for a user's lock would wait for as long as that user likes: a query, or the COPY of a slice's rows.
    @Test(arguments: ["select", "copy"]) func jobThatWaitsForALockOfAUserIsStopped(_ statement: String) async throws {
        try await Rig.use { rig in
            var settings = WorkerSettings.small
            settings.lease = .seconds(3_600)
            settings.pollInterval = .seconds(3_600)
            let user = try await rig.newSession()
            let store = HookedStore(
                try MemoryStore(sorted: .made(["a"])),
                onRequest: { _, _ in
                    if statement == "copy" { try await user.run("lock table s3_image_cache in access exclusive mode") }
                })
            try await rig.withWorker(store, settings: settings) {
                try await waitUntil("the worker listens") {
                    try await rig.session.number("select count(*) from s3cache.worker where parked and listens") == 1
                }
                try await user.run("begin")
                if statement != "copy" { try await user.run("lock table s3_image_cache in access exclusive mode") }
                let id = try await rig.session.enqueueRebuild()
                // Claims look at the cache as well, but not for long.
                let waiting = """
                    select count(*) from pg_locks l join pg_stat_activity a using (pid)
                    where not l.granted and a.datname = current_database() and l.relation = 's3_image_cache'::regclass
                        and a.query ilike '\(statement)%' and a.query not ilike '%claim_jobs%'
                    """
                try await waitUntil("the rebuild waits for the lock") { try await rig.session.number(waiting) > 0 }
                try await rig.session.run("select s3cache.cancel(\(id))")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(45)).state == "cancelled")
                #expect(try await rig.session.number(waiting) == 0)
                try await user.run("rollback")
            }
        }
    }

    @Test func jobWhoseWorkerDiedIsNotRunAgain() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            let dead = try await rig.register()
            _ = try await rig.claim(.rebuild, for: dead)
            try await rig.session.run("select s3cache.cancel(\(id))")
            try await rig.session.run("update s3cache.worker set heartbeat_at = now() - interval '1 hour'")
            let next = try await rig.register()
            #expect(try await rig.jobs.claim(for: next, limit: 10, park: false, running: nil).isEmpty)
            #expect(try await rig.session.status(of: id).state == "cancelled")
        }
    }

    @Test func jobWhoseWorkerLeftIsNotRunAgain() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            let leaving = try await rig.register()
            _ = try await rig.claim(.rebuild, for: leaving)
            try await rig.session.run("select s3cache.cancel(\(id))")
            try await rig.jobs.unregister(leaving)
            #expect(try await rig.session.status(of: id).state == "cancelled")
        }
    }

    @Test func jobThatWaitsForARetryEndsAtOnce() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            let job = try await rig.claim(.rebuild)
            _ = try await rig.jobs.fail(job, JobFailure(code: "x", message: "Not now.", isRetryable: true))
            #expect(try await rig.session.status(of: id).state == "waiting")
            try await rig.session.run("select s3cache.cancel(\(id))")
            #expect(try await rig.session.status(of: id).state == "cancelled")
        }
    }
}
