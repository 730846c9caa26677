import Adapters
import Core
import TestSupport
import Testing
import Worker

/// An object deleted through s3cache after it was listed does not come back as a row.
@Suite(.timeLimit(.minutes(15))) struct TombstoneTests {
    private static func delete(_ filename: String, _ rig: Rig) async throws {
        try await rig.session.connection.transaction { connection in
            let session = CacheSession(connection: connection)
            try await session.run("select pg_advisory_xact_lock(hashtextextended('s3cache.deletion', 1))")
            try await session.run("insert into s3cache.tombstone (cache_id, filename) values (1, $1)", filename)
            try await session.run("delete from s3_image_cache where filename = $1", filename)
        }
    }

    @Test(arguments: [RebuildMoment.afterFence, .beforeRows, .afterRows, .afterKeep], [true, false])
    func deletedObjectStaysAway(deletedAt wanted: RebuildMoment, intoEmptyTable: Bool) async throws {
        try await Rig.use { rig in
            // The store still shows what is being deleted, as a listing that began before does.
            let store = try MemoryStore(sorted: .made(["a", "b", "c"]))
            if !intoEmptyTable { try await rig.session.seedPresent(.made(["stale"])) }
            let acted = Shared(false)
            let caches = HookedCaches(base: rig.caches) { moment in
                guard moment == wanted, !acted.value else { return }
                acted.withLock { $0 = true }
                try await Self.delete("b", rig)
            }
            let status = try await rig.rebuild(store, settings: .sliced(10), caches: caches)
            #expect(status.state == "done" && acted.value)
            #expect(try await rig.session.filenames() == ["a", "c"])
        }
    }

    @Test func deletionBeforeTheListingKeepsNothingAway() async throws {
        try await Rig.use { rig in
            try await Self.delete("b", rig)
            let store = try MemoryStore(sorted: .made(["a", "b"]))
            #expect(try await rig.rebuild(store).state == "done")
            #expect(try await rig.session.filenames() == ["a", "b"])
        }
    }

    /// What was deleted after it was listed is no object without a row; and a dry run forgets no deletion.
    @Test(arguments: [true, false]) func dryRunHeedsTombstonesAndKeepsThem(intoEmptyTable: Bool) async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made(["a", "b", "c"]))
            if !intoEmptyTable { try await rig.session.seedPresent(.made(["stale"])) }
            try await rig.session.run("insert into s3cache.tombstone (cache_id, filename) values (1, 'old')")
            let acted = Shared(false)
            let caches = HookedCaches(base: rig.caches) { moment in
                guard moment == .afterRows, !acted.value else { return }
                acted.withLock { $0 = true }
                try await Self.delete("b", rig)
            }
            let status = try await rig.rebuild(store, dryRun: true, settings: .sliced(10), caches: caches)
            #expect(status.state == "done" && acted.value, "\(status)")
            let orphans = try await rig.session.texts("select filename from s3cache.orphan order by filename")
            #expect(orphans == (intoEmptyTable ? ["a", "c"] : ["a", "c", "stale"]))
            let known = try await rig.session.texts("select filename from s3cache.tombstone order by filename")
            #expect(known == ["b", "old"])
            let forgotten = "select count(*) from s3cache.cache_state where deletions_forgotten_at is not null"
            #expect(try await rig.session.number(forgotten) == 0)
        }
    }

    /// Deleting holds the lock while it records: the rebuild waits, sees it, and leaves the row away.
    @Test(arguments: [true, false])
    func deletionThatIsNotCommittedHoldsTheRebuildUp(intoEmptyTable: Bool) async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made(["a", "b"]))
            if !intoEmptyTable { try await rig.session.seedPresent(.made(["stale"])) }
            let journal = Journal()
            let deleter = try await rig.newSession()
            try await deleter.run("begin")
            try await deleter.run("select pg_advisory_xact_lock(hashtextextended('s3cache.deletion', 1))")
            try await deleter.run("insert into s3cache.tombstone (cache_id, filename) values (1, 'b')")
            try await rig.withWorker(store, observe: journal.observe) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("the rebuild is blocked") {
                    journal.count { if case .rebuildBlocked = $0 { true } else { false } } > 0
                }
                try await deleter.run("commit")
                #expect(try await rig.session.wait(for: id, deadline: .seconds(60)).state == "done")
            }
            #expect(try await rig.session.filenames() == ["a"])
        }
    }
}
