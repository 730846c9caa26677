import Adapters
import Core
import TestSupport
import Testing

/// What is staged of an inventory comes back in byte order, once, and only to the job that staged it.
@Suite(.timeLimit(.minutes(15))) struct InventoryStoreTests {
    private func object(_ key: String, size: Int64 = 1, storageClass: String? = "STANDARD") -> ObjectSummary {
        ObjectSummary(
            key: ObjectKey(key), size: size, etag: "e", lastModified: Timestamp(microseconds: 1_672_628_645_123_456),
            storageClass: storageClass)
    }

    private func claimedRebuild(_ rig: Rig, prefix: String? = nil) async throws -> Job {
        _ = try await rig.session.enqueueRebuild(prefix: prefix)
        let job = try await rig.claim(.rebuild)
        _ = try await rig.caches.rebuildPlan(for: job)
        return job
    }

    private let createdAt = Timestamp(microseconds: 1_700_000_000_000_000)

    @Test func objectsComeBackInByteOrderPageByPage() async throws {
        try await Rig.use { rig in
            let store = PostgresInventoryStore(pool: rig.pool)
            let job = try await claimedRebuild(rig)
            let keys = ["", "b", "B", "a/", "a", "a/b", "é", "e\u{301}", "\u{E000}", "😀", "'", "\\", " ", "z"].map {
                "p/" + $0
            }
            var objects = keys.map {
                object($0, size: Int64($0.utf8.count), storageClass: $0.hasSuffix("z") ? nil : "GLACIER")
            }
            #expect(try await store.beginStaging(createdAt: createdAt, for: job) == .empty)
            try await store.stage(Array(objects[..<5]), droppingPrefixOfLength: 2, for: job)
            try await store.stage([], droppingPrefixOfLength: 2, for: job)
            try await store.stage(Array(objects[5...]), droppingPrefixOfLength: 2, for: job)
            objects.sort { $0.key < $1.key }
            #expect(try await store.finishStaging(for: job) == objects.count)
            for limit in [1, 3, objects.count, 100] {
                var read: [ObjectSummary] = []
                var position: ListingPosition? = .start
                while let from = position {
                    let page = try await store.list(
                        ListingRequest(position: from, limit: limit), for: job, prefix: "p/")
                    #expect(page.objects.count <= limit)
                    read += page.objects
                    position = page.next
                }
                #expect(read == objects)
            }
            let later = try await store.list(ListingRequest(position: .after("o"), limit: 100), for: job, prefix: "p/")
            #expect(later.objects == objects && later.next == nil)
            let behind = try await store.list(ListingRequest(position: .after("q"), limit: 100), for: job, prefix: "p/")
            #expect(behind.objects.isEmpty && behind.next == nil)
            await #expect(throws: StoreError.self) {
                try await store.list(ListingRequest(position: .continuation("t")), for: job, prefix: "p/")
            }
        }
    }

    @Test func objectThatIsListedTwiceIsRefused() async throws {
        try await Rig.use { rig in
            let store = PostgresInventoryStore(pool: rig.pool)
            let job = try await claimedRebuild(rig)
            _ = try await store.beginStaging(createdAt: createdAt, for: job)
            try await store.stage([object("a"), object("b")], droppingPrefixOfLength: 0, for: job)
            try await store.stage([object("c"), object("a")], droppingPrefixOfLength: 0, for: job)
            let error = await #expect(throws: InventoryError.self) { try await store.finishStaging(for: job) }
            #expect(error?.code == .malformed && error?.message.contains("twice") == true)
            #expect(try await store.staged(for: job, prefix: "", after: nil, limit: 10).isEmpty)
        }
    }

    @Test func attemptBeginsAnewAndJobsDoNotSeeEachOther() async throws {
        try await Rig.use { rig in
            let store = PostgresInventoryStore(pool: rig.pool)
            let job = try await claimedRebuild(rig)
            try await rig.session.run("select s3cache.create_cache('second')")
            _ = try await rig.session.enqueueRebuild("second")
            let other = try await rig.claim(.rebuild)
            #expect(other.id != job.id)
            _ = try await rig.caches.rebuildPlan(for: other)
            _ = try await store.beginStaging(createdAt: createdAt, for: job)
            _ = try await store.beginStaging(createdAt: createdAt, for: other)
            try await store.stage([object("a")], droppingPrefixOfLength: 0, for: job)
            try await store.stage([object("a"), object("b")], droppingPrefixOfLength: 0, for: other)
            #expect(try await store.finishStaging(for: job) == 1)
            #expect(try await store.finishStaging(for: other) == 2)
            try await store.stage([object("c")], droppingPrefixOfLength: 0, for: job)
            #expect(try await store.beginStaging(createdAt: createdAt, for: job) == .staged)
            let later = createdAt.advanced(bySeconds: 1)
            #expect(try await store.beginStaging(createdAt: later, for: job) == .empty)
            #expect(try await store.finishStaging(for: job) == 0)
            #expect(try await store.staged(for: job, prefix: "", after: nil, limit: 10).isEmpty)
            #expect(try await store.staged(for: other, prefix: "", after: nil, limit: 10).count == 2)
        }
    }

    /// A crash empties the unlogged tables under a worker that goes on.
    @Test func whatACrashLeftOfTheStagingIsNotTakenForAll() async throws {
        try await Rig.use { rig in
            let store = PostgresInventoryStore(pool: rig.pool)
            let job = try await claimedRebuild(rig)
            _ = try await store.beginStaging(createdAt: createdAt, for: job)
            try await store.stage([object("a")], droppingPrefixOfLength: 0, for: job)
            try await rig.session.run(
                """
                truncate s3cache.rebuild_listing, s3cache.rebuild_part, s3cache.rebuild_range, s3cache.rebuild_slice,
                    s3cache.rebuild_change, s3cache.inventory_row, s3cache.rebuild_listed
                """)
            try await store.stage([object("b")], droppingPrefixOfLength: 0, for: job)
            let failure = await #expect(throws: JobFailure.self) { try await store.finishStaging(for: job) }
            #expect(failure?.code == "checkpoint_lost" && failure?.isRetryable == true)
        }
    }

    @Test func nothingIsDiscardedBeforeAllIsCompared() async throws {
        try await Rig.use { rig in
            let store = PostgresInventoryStore(pool: rig.pool)
            let job = try await claimedRebuild(rig)
            _ = try await store.beginStaging(createdAt: createdAt, for: job)
            try await store.stage([object("a")], droppingPrefixOfLength: 0, for: job)
            _ = try await store.finishStaging(for: job)
            await #expect(throws: JobFailure.self) { try await store.discard(for: job, after: nil, limit: 10) }
            #expect(try await store.staged(for: job, prefix: "", after: nil, limit: 10).count == 1)
        }
    }

    @Test func nothingIsWrittenOrReadWithoutTheClaim() async throws {
        try await Rig.use { rig in
            let store = PostgresInventoryStore(pool: rig.pool)
            let job = try await claimedRebuild(rig)
            try await store.stage([object("a")], droppingPrefixOfLength: 0, for: job)
            var stale = job
            stale.token -= 1
            await #expect(throws: ClaimLost.self) { try await store.beginStaging(createdAt: createdAt, for: stale) }
            await #expect(throws: ClaimLost.self) {
                try await store.stage([object("b")], droppingPrefixOfLength: 0, for: stale)
            }
            await #expect(throws: ClaimLost.self) { try await store.finishStaging(for: stale) }
            await #expect(throws: ClaimLost.self) {
                try await store.staged(for: stale, prefix: "", after: nil, limit: 10)
            }
            #expect(try await rig.session.texts("select filename from s3cache.inventory_row") == ["a"])
        }
    }
}
