import Adapters
import Core
import TestSupport
import Testing
import Worker

/// A rebuild beside users' open transactions: it yields, goes on when they end, and never makes them wait for long.
@Suite(.timeLimit(.minutes(15))) struct OpenTransactionTests {
    private let store: MemoryStore

    init() throws { store = try MemoryStore(sorted: .made(["a", "b", "c", "d"]), pageLimit: 2) }

    private func isBlocked(_ observation: Observation) -> Bool {
        if case .rebuildBlocked = observation { true } else { false }
    }

    /// What a user does with the row of b, or with the row that b is to get.
    @Test(
        arguments: [
            "insert into s3_image_cache (filename) values ('b')",
            "insert into s3_image_cache (filename) values ('b') on conflict (filename) do update set state = 'unverified'",
            "select add_file_to_s3_cache('b')",
            "savepoint s; insert into s3_image_cache (filename) values ('b'); release s",
            "savepoint s; insert into s3_image_cache (filename) values ('b'); rollback to s; select add_file_to_s3_cache('b')",
        ], ["commit", "rollback"])
    func rebuildWaitsForTheInsertOfTheSameFileAndEndsAfterIt(statement: String, end: String) async throws {
        // Staged where the table has rows, direct where it has none.
        for seeds in [["stale"], []] {
            try await Rig.use { rig in
                try await rig.session.seedPresent(.made(seeds))
                let user = try await rig.newSession()
                try await user.run("begin")
                try await user.connection.execute(statement)
                let journal = Journal()
                let id = try await rig.session.enqueueRebuild()
                let job = try await rig.claim(.rebuild)
                let handler = rig.handlers(store, settings: .sliced(2), observe: journal.observe)[.rebuild]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await handler?.run(job) }
                    try await waitUntil("the rebuild is blocked") { journal.count(isBlocked) > 0 }
                    #expect(try await rig.session.status(of: id).state == "running")
                    try await user.run(end)
                    try await group.waitForAll()
                }
                #expect(try await rig.session.status(of: id).state == "done")
                #expect(try await rig.session.filenames() == ["a", "b", "c", "d"])
                let state = try await rig.session.text("select state from s3_image_cache where filename = 'b'")
                #expect(state == (end == "commit" ? "unverified" : "present"))
                try await rig.verifyAll(store)
                #expect(try await rig.session.present() == store.expectedRows())
            }
        }
    }

    @Test func deletedRowThatIsNotCommittedBlocksTheRebuildOnlyUntilThen() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(["a", "b", "stale"]))
            try await rig.session.run("update s3_image_cache set etag = 'old' where filename = 'b'")
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("delete from s3_image_cache where filename in ('b', 'stale')")
            let journal = Journal()
            try await rig.withWorker(store, observe: journal.observe) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("the rebuild is blocked") { journal.count(isBlocked) > 0 }
                try await user.run("commit")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
            #expect(try await rig.session.filenames() == ["a", "b", "c", "d"])
        }
    }

    /// The rebuild holds the rows of a slice while it waits for one of them; users who want another wait with it.
    @Test func usersDoNotWaitForWhatBlocksARebuild() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(["a", "b", "c", "d"]))
            try await rig.session.run("update s3_image_cache set etag = 'old'")
            let blocker = try await rig.newSession()
            try await blocker.run("begin")
            try await blocker.run("update s3_image_cache set state = 'unverified' where filename = 'd'")
            let journal = Journal()
            try await rig.withWorker(store, settings: .sliced(1_000), observe: journal.observe) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("the rebuild is blocked") { journal.count(isBlocked) > 0 }
                let user = try await rig.newSession()
                // As long as the blocker's transaction: for ever, if the rebuild kept what it holds until then.
                try await user.run("set statement_timeout = '60s'")
                for _ in 0..<20 {
                    try await user.run("update s3_image_cache set state = 'unverified' where filename = 'a'")
                }
                try await blocker.run("commit")
                #expect(try await rig.session.wait(for: id).state == "done")
            }
        }
    }

    /// A verify job, too, holds the rows that it has written while it waits for the next.
    @Test func usersDoNotWaitForWhatBlocksAVerify() async throws {
        try await Rig.use { rig in
            try await rig.session.run(
                "insert into s3_image_cache (filename) values ('a'), ('b'), ('c'), ('d'), ('gone')")
            let blocker = try await rig.newSession()
            try await blocker.run("begin")
            try await blocker.run("delete from s3_image_cache where filename = 'd'")
            let id = Int64(try await rig.session.number("select s3cache.verify()"))
            let job = try await rig.claim(.verify)
            let handler = rig.handlers(store)[.verify]
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await handler?.run(job) }
                try await waitUntil("the verify job is blocked") {
                    try await rig.session.number(
                        """
                        select count(*) from pg_locks l join pg_stat_activity a using (pid)
                        where a.datname = current_database() and not l.granted
                        """) > 0
                }
                let user = try await rig.newSession()
                try await user.run("set statement_timeout = '60s'")
                for filename in ["a", "b", "c", "gone"] {
                    try await user.run("delete from s3_image_cache where filename = $1", filename)
                }
                try await blocker.run("commit")
                try await group.waitForAll()
            }
            #expect(try await rig.session.status(of: id).state == "done")
            #expect(try await rig.session.filenames() == [])
        }
    }

    @Test func truncateThatIsNotCommittedBlocksTheRebuildOnlyUntilThen() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(["a", "stale"]))
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("truncate s3_image_cache")
            try await rig.withWorker(store) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("the rebuild runs") { try await rig.session.status(of: id).state == "running" }
                try await user.run("commit")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
            #expect(try await rig.session.filenames() == ["a", "b", "c", "d"])
        }
    }

    /// Direct writing gives way to what came meanwhile, and the rebuild goes on with staging.
    @Test func rowAddedMeanwhileMakesADirectRebuildStageThatSlice() async throws {
        try await Rig.use { rig in
            let acted = Shared(false)
            let caches = HookedCaches(base: rig.caches) { moment in
                guard moment == .afterRows, !acted.value else { return }
                acted.withLock { $0 = true }
                try await rig.session.run("insert into s3_image_cache (filename) values ('a')")
            }
            let status = try await rig.rebuild(store, settings: .sliced(2), caches: caches)
            #expect(status.state == "done" && acted.value)
            #expect(
                try await rig.session.texts("select filename || ' ' || state from s3_image_cache order by filename")
                    == ["a unverified", "b present", "c present", "d present"])
        }
    }
}
