import Adapters
import Core
import Foundation
import Postgres
import TestSupport
import Testing

/// Workers are killed at random moments of rebuilds of 200,000 rows, while others add, upload, delete and hold their
/// transactions open: no file vanishes (I3), each job ends once (I1), and in the end table and directory agree (I2).
@Suite(.timeLimit(.minutes(15))) struct KillTests {
    private static let folders = 200
    private static let filesPerFolder = 1_000
    private static let kills = 10
    /// Below these, nobody but the rebuild does anything.
    private static let sentinelFolders = 100

    private struct Tally: Sendable {
        var kills = 0
        var polls = 0
        var writes = 0
        var jobs: [Int64] = []
    }

    @Test func killedWorkersLoseNothing() async throws {
        try await Site.use { site in
            try await fill(site)
            let expected = Self.folders * Self.filesPerFolder
            let options = ["--slice-size", "1000", "--lease", "1", "--write-timeout", "1"]
            let tally = Shared(Tally())
            let isOver = Shared(false)

            // The first rebuild, into an empty table, is killed as well.
            let first = try await site.session.enqueueRebuild()
            tally.withLock { $0.jobs.append(first) }
            try await killRepeatedly(site, options, times: 3, tally: tally)
            var worker = try S3CacheProgram.start(["worker"] + options, environment: site.environment)
            #expect(try await site.session.wait(for: first, deadline: .seconds(240)).state == "done")
            #expect(try await site.session.number("select count(*) from s3_image_cache") == expected)
            worker.kill()

            // Half of the unwatched rows are wrong, so that there is much to apply.
            try await site.session.run(
                """
                update s3_image_cache set etag = 'wrong'
                where substr(filename, 1, 3)::int >= 500 + \(Self.sentinelFolders) and right(filename, 1) < '5'
                """)
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { isOver.withLock { $0 = true } }
                group.addTask { try await watch(site, tally: tally, until: isOver) }
                group.addTask { try await write(site, tally: tally, until: isOver) }
                group.addTask { try await holdTransactions(site, until: isOver) }
                for round in 0..<(Self.kills - 3) {
                    let id = try await site.session.enqueueRebuild()
                    tally.withLock { $0.jobs.append(id) }
                    try await killRepeatedly(site, options, times: 1, tally: tally)
                    if round == 3 {
                        // At once the whole is wrong again.
                        try await site.session.run(
                            "update s3_image_cache set etag = 'wrong' where filename like '6%7'")
                    }
                }
                worker = try S3CacheProgram.start(["worker"] + options, environment: site.environment)
                for id in tally.value.jobs {
                    let status = try await site.session.wait(for: id, deadline: .seconds(240))
                    #expect(status.state == "done", "\(status.error ?? "")")
                }
                isOver.withLock { $0 = true }
                try await group.waitForAll()
            }
            let last = try await site.session.enqueueRebuild()
            #expect(try await site.session.wait(for: last, deadline: .seconds(240)).state == "done")
            try await waitUntil(deadline: .seconds(240), "no row is unverified") {
                try await site.session.number("select count(*) from s3_image_cache where state = 'unverified'") == 0
            }
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError.suffix(1_000))")

            // Each job ended once: it is in the history, and nothing is left.
            for id in tally.value.jobs + [last] {
                let ends = try await site.session.number("select count(*) from s3cache.job_history where id = \(id)")
                #expect(ends == 1)
            }
            #expect(try await site.session.number("select count(*) from s3cache.job") == 0)
            try await site.session.run("select s3cache.prune_listings(1000000)")
            #expect(try await site.session.number("select count(*) from s3cache.rebuild_change") == 0)
            let rows = try await site.session.present()
            let objects = try await site.store().expectedRows()
            #expect(rows == objects)
            print(
                "kill -9: \(tally.value.kills) kills, \(tally.value.jobs.count + 1) rebuilds of \(objects.count) objects, "
                    + "\(tally.value.writes) writes beside them, \(tally.value.polls) looks; table and directory agree")
        }
    }

    private func fill(_ site: Site) async throws {
        let first = try site.directory.write([1], to: "first")
        for folder in 0..<Self.folders {
            // Other tests want the thread as well.
            await Task.yield()
            let path = site.directory.path(of: "\(500 + folder)")
            guard mkdir(path, 0o700) == 0 else { throw TestFailure("mkdir: \(errno)") }
            for file in 0..<Self.filesPerFolder {
                let descriptor = open("\(path)/\(1_000 + file)", O_CREAT | O_WRONLY, 0o600)
                guard descriptor >= 0 else { throw TestFailure("open: \(errno)") }
                close(descriptor)
            }
        }
        try FileManager.default.removeItem(atPath: first)
    }

    /// Starts a worker, and kills it after it has done some random part of the work; so many times.
    private func killRepeatedly(
        _ site: Site, _ options: [String], times: Int, tally: Shared<Tally>
    ) async throws {
        for _ in 0..<times {
            let worker = try S3CacheProgram.start(["worker"] + options, environment: site.environment)
            try await waitUntil(deadline: .seconds(240), every: .milliseconds(2), "a rebuild runs") {
                try await site.session.number(
                    "select count(*) from s3cache.job where kind = 'rebuild' and state = 'running'")
                    > 0
            }
            let delay = Int.random(in: 0...1_500)
            // The moment itself is what is random; nothing is waited for.
            try await Task.sleep(for: .milliseconds(delay))
            worker.kill()
            // The same job is hit again and again, on purpose: that is no poison.
            try await site.session.run("update s3cache.job set worker_deaths = 0")
            tally.withLock { $0.kills += 1 }
        }
    }

    /// A reader that sees every file of the sentinel folders at every look.
    private func watch(
        _ site: Site, tally: Shared<Tally>, until isOver: Shared<Bool>
    ) async throws {
        let reader = CacheSession(connection: try await site.database.connect())
        let kept = Self.sentinelFolders * Self.filesPerFolder
        while !isOver.value {
            let seen = try await reader.number(
                """
                select count(*) from s3_image_cache
                where filename < '\(500 + Self.sentinelFolders)' and state = 'present'
                """)
            #expect(seen == kept)
            tally.withLock { $0.polls += 1 }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Uploads, deletes, adds and forgets below the other folders, telling the cache as s3cache does.
    private func write(
        _ site: Site, tally: Shared<Tally>, until isOver: Shared<Bool>
    ) async throws {
        let session = CacheSession(connection: try await site.database.connect())
        let store = try site.store()
        var random = SeededGenerator(seed: 7)
        while !isOver.value {
            let folder = 500 + Int.random(in: Self.sentinelFolders..<Self.folders, using: &random)
            let name = "\(folder)/\(1_000 + Int.random(in: 0..<Self.filesPerFolder, using: &random))"
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                try await store.put(ObjectKey(name), [1, 2, 3])
                try await session.run(Self.upsert, name)
            case 1:
                try await store.put(ObjectKey(name + "-new"), [1])
                try await session.run(Self.upsert, name + "-new")
            default:
                try await store.delete(ObjectKey(name))
                try await session.connection.transaction { connection in
                    let deleter = CacheSession(connection: connection)
                    try await deleter.run("select pg_advisory_xact_lock(hashtextextended('s3cache.deletion', 1))")
                    try await deleter.run(
                        """
                        insert into s3cache.tombstone (cache_id, filename) values (1, $1)
                        on conflict (cache_id, filename) do update set deleted_xid = pg_current_xact_id()
                        """, name)
                    try await deleter.run("delete from s3_image_cache where filename = $1", name)
                }
            }
            tally.withLock { $0.writes += 1 }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<40, using: &random)))
        }
    }

    /// Adds rows of objects that exist, in transactions that stay open for a while.
    private func holdTransactions(_ site: Site, until isOver: Shared<Bool>) async throws {
        let session = CacheSession(connection: try await site.database.connect())
        let store = try site.store()
        var count = 0
        while !isOver.value {
            count += 1
            let name = "\(500 + Self.folders - 1)/held-\(count)"
            try await session.run("begin")
            try await session.run(Self.upsert, name)
            try await store.put(ObjectKey(name), [1])
            try await Task.sleep(for: .milliseconds(Int.random(in: 200...1_500)))
            try await session.run("commit")
        }
    }

    private static let upsert = """
        insert into s3_image_cache (filename) values ($1)
        on conflict (filename) do update set state = 'unverified'
        """
}
