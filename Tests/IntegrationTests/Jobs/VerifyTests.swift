import Adapters
import Core
import TestSupport
import Testing
import Worker

/// Rows that nobody has looked at are looked at without anybody asking.
@Suite(.timeLimit(.minutes(15))) struct VerifyTests {
    private func waitUntilVerified(_ session: CacheSession) async throws {
        try await waitUntil(deadline: .seconds(60), "no row is unverified") {
            try await session.number("select count(*) from s3cache.object where state = 'unverified'") == 0
        }
    }

    @Test func addAndPlainInsertAreVerifiedUnasked() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            for key in ["added", "inserted"] { try await store.put(ObjectKey(key), [1]) }
            try await rig.withWorker(store) {
                try await rig.session.run("select add_file_to_s3_cache('added')")
                try await rig.session.run("select add_file_to_s3_cache('added but gone')")
                try await rig.session.run(
                    "insert into s3_image_cache (filename) values ('inserted'), ('inserted but gone') on conflict do nothing"
                )
                try await waitUntilVerified(rig.session)
            }
            #expect(try await rig.session.present() == store.expectedRows())
            #expect(
                try await rig.session.texts("select filename from s3_image_cache where state = 'missing' order by 1")
                    == ["added but gone", "inserted but gone"])
            #expect(try await rig.session.text("select get_s3_image_filename('ADDED')") == "added")
            #expect(try await rig.session.text("select get_s3_image_filename('inserted but gone')") == nil)
        }
    }

    @Test func failedHeadLeavesItsRowUnverifiedAndIsCounted() async throws {
        try await Rig.use { rig in
            let base = MemoryStore()
            for key in ["a", "b", "c"] { try await base.put(ObjectKey(key), [1]) }
            let store = HookedStore(
                base,
                onHead: { key in
                    if key == "b" {
                        throw StoreError(.unavailable, "Slow down.", operation: "HeadObject", bucket: "b", key: key)
                    }
                })
            try await rig.session.run("insert into s3_image_cache (filename) values ('a'), ('b'), ('c'), ('gone')")
            let id = try await rig.session.number("select s3cache.verify()")
            try await rig.run(try await rig.claim(.verify), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "done")
            #expect(["checked", "present", "missing", "errors"].map { status.count($0) } == [4, 2, 1, 1])
            #expect(
                try await rig.session.texts("select filename || ' ' || state from s3_image_cache order by filename")
                    == ["a present", "b unverified", "c present", "gone missing"])
        }
    }

    @Test func allHeadsFailingFailsTheAttemptAndChangesNothing() async throws {
        try await Rig.use { rig in
            let store = HookedStore(
                MemoryStore(),
                onHead: { _ in throw StoreError(.accessDenied, "Denied.", operation: "HeadObject", bucket: "b") })
            try await rig.session.run("insert into s3_image_cache (filename) values ('a'), ('b')")
            let before = try await rig.session.dump()
            let id = try await rig.session.number("select s3cache.verify()")
            try await rig.run(try await rig.claim(.verify), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "failed" && status.code == "access_denied" && status.error == "Denied.")
            #expect(try await rig.session.dump() == before)
        }
    }

    @Test func rowsWrittenWhileTheirObjectsAreAskedForAreAskedForAgain() async throws {
        try await Rig.use { rig in
            let base = MemoryStore()
            let store = HookedStore(
                base,
                onHead: { key in
                    // Deleted, uploaded and added again between the fence and the answer.
                    if try await base.head(key) == nil, key == "late" {
                        try await rig.session.run("delete from s3_image_cache where filename = 'late'")
                        try await rig.session.run("insert into s3_image_cache (filename) values ('late')")
                    }
                })
            try await rig.session.run("insert into s3_image_cache (filename) values ('late')")
            try await rig.session.run("select s3cache.verify()")
            try await rig.run(try await rig.claim(.verify), store)
            #expect(try await rig.session.text("select state from s3_image_cache") == "unverified")
        }
    }

    @Test func verifyByPrefixAndLimitLooksAtNoOtherRows() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            try await rig.session.seedPresent(.made((0..<20).map { "1/\(100 + $0)" } + ["10/a", "1", "2/a"]))
            let id = try await rig.session.number("select s3cache.verify(prefix => '1/', limit_rows => 15)")
            try await rig.run(try await rig.claim(.verify), store)
            #expect(try await rig.session.status(of: Int64(id)).count("missing") == 15)
            try await rig.session.run("select s3cache.verify(prefix => '1/')")
            try await rig.run(try await rig.claim(.verify), store)
            #expect(
                try await rig.session.texts("select filename from s3_image_cache where state = 'present' order by 1")
                    == ["1", "10/a", "2/a"])
        }
    }
}
