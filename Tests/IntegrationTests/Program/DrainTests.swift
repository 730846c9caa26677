import Foundation
import TestSupport
import Testing

/// SIGTERM: running jobs end, or are handed back and done by another worker.
@Suite(.timeLimit(.minutes(15))) struct DrainTests {
    private func fill(_ site: Site) async throws {
        for index in 0..<20_000 {
            // Other tests want the thread as well.
            if index.isMultiple(of: 100) { await Task.yield() }
            try site.directory.write([], to: "\(index % 20)/\(index)")
        }
    }

    private func waitUntilSliced(_ site: Site) async throws {
        try await waitUntil("the rebuild is under way") {
            try await site.session.number("select count(*) from s3cache.rebuild_slice") > 0
        }
    }

    @Test func runningJobEndsBeforeTheWorkerLeaves() async throws {
        try await Site.use { site in
            try await fill(site)
            let id = try await site.session.enqueueRebuild()
            let worker = try site.startWorker("--slice-size", "1000", "--grace", "300")
            try await waitUntilSliced(site)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError)")
            #expect(try await site.session.status(of: id).state == "done")
            #expect(try await site.session.number("select count(*) from s3_image_cache") == 20_000)
            #expect(try await site.session.number("select count(*) from s3cache.worker") == 0)
        }
    }

    @Test func jobThatOutlastsTheGraceIsHandedBackAndGoesOnWhereItWas() async throws {
        try await Site.use { site in
            try await fill(site)
            let id = try await site.session.enqueueRebuild()
            let worker = try site.startWorker("--slice-size", "1000", "--grace", "0")
            try await waitUntilSliced(site)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError)")
            let left = try await site.session.status(of: id)
            #expect(left.state == "queued" || left.state == "done")
            #expect(try await site.session.number("select count(*) from s3cache.worker") == 0)

            let next = try site.startWorker("--slice-size", "1000")
            let status = try await site.session.wait(for: id)
            #expect(status.state == "done" && status.attempt == 1 && status.count("listed") == 20_000)
            #expect(try await site.session.number("select count(*) from s3_image_cache") == 20_000)
            next.send(SIGTERM)
            #expect(try await next.waitForExit() == .code(0))
        }
    }

    @Test func idleWorkerLeavesAtOnceOnInterruptAndOnceMeansOnce() async throws {
        try await Site.use { site in
            let worker = try site.startWorker()
            try await waitUntil("the worker is parked") {
                try await site.session.number("select count(*) from s3cache.worker where parked") == 1
            }
            worker.send(SIGINT)
            #expect(try await worker.waitForExit(deadline: .seconds(60)) == .code(130))
            #expect(try await site.run("worker", "--once").exit == .code(0))
        }
    }

    /// Somebody holds the cache, so that the rebuild would keep the worker for as long as its grace lasts.
    @Test(arguments: [SIGTERM, SIGINT]) func secondSignalEndsTheWorkerAtOnce(_ signal: Int32) async throws {
        try await Site.use { site in
            try site.directory.write([], to: "a")
            try await site.session.run("begin")
            try await site.session.run("lock table s3_image_cache in access exclusive mode")
            let user = CacheSession(connection: try await site.database.connect())
            let id = try await user.enqueueRebuild()
            let worker = try site.startWorker("--grace", "3600", "--lease", "3600")
            try await waitUntil("the rebuild waits for the lock") {
                try await user.number(
                    """
                    select count(*) from pg_locks l join pg_stat_activity a using (pid)
                    where not l.granted and a.datname = current_database() and l.relation = 's3_image_cache'::regclass and a.query not ilike '%claim_jobs%'
                    """) > 0
            }
            worker.send(signal)
            try await waitUntil("it drains") { worker.standardError.contains("Worker draining") }
            #expect(worker.exit == nil)
            #expect(try await user.status(of: id).state == "running")
            worker.send(signal)
            #expect(try await worker.waitForExit(deadline: .seconds(60)) == .code(130), "\(worker.standardError)")
            // Nobody has handed it back: its lease has to end first.
            #expect(try await user.status(of: id).state == "running")
            try await site.session.run("rollback")
        }
    }

    /// Its claims cannot be served while somebody holds the table, but it can leave.
    @Test func workerLeavesThoughTheCacheIsLocked() async throws {
        try await Site.use { site in
            let worker = try site.startWorker()
            try await waitUntil("the worker is parked") {
                try await site.session.number("select count(*) from s3cache.worker where parked") == 1
            }
            try await site.session.run("begin")
            try await site.session.run("truncate s3_image_cache")
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit(deadline: .seconds(60)) == .code(0))
            try await site.session.run("commit")
        }
    }
}
