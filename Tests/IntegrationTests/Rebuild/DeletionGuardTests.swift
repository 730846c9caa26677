import Adapters
import Core
import TestSupport
import Testing

/// A rebuild that would forget more than `max_delete_fraction` of the present rows changes nothing, unless forced.
@Suite(.timeLimit(.minutes(15))) struct DeletionGuardTests {
    private let names = (0..<200).map { "n\(1_000 + $0)" }

    @Test func tooManyDeletionsChangeNothingAndForceRemovesThem() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(names))
            // 150 of 200 gone, one new, one changed.
            var objects = [ObjectSummary].made(Array(names[..<50]) + ["new"])
            objects[0].etag = "changed"
            let store = try MemoryStore(sorted: objects)
            let before = try await rig.session.dump()
            let refused = try await rig.rebuild(store, settings: .sliced(10))
            #expect(refused.state == "failed" && refused.code == "too_many_deletions" && refused.retryable == "false")
            #expect(refused.error?.contains("150 of 200") == true && refused.error?.contains("force => true") == true)
            #expect(try await rig.session.dump() == before)

            let forced = try await rig.rebuild(store, force: true, settings: .sliced(10))
            #expect(forced.state == "done" && forced.count("removed") == 150)
            #expect(try await rig.session.present() == store.expectedRows())
        }
    }

    @Test func exactlyTheFractionMayGo() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(names))
            let store = try MemoryStore(sorted: .made(Array(names[..<100])))
            #expect(try await rig.rebuild(store).state == "done")
            #expect(try await rig.session.present() == store.expectedRows())
        }
    }

    @Test func fewerThanAHundredPresentRowsAreNotGuardedAndOtherStatesDoNotCount() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(Array(names[..<99])))
            try await rig.session.run(
                "insert into s3_image_cache (filename) select 'u' || i from generate_series(1, 500) i")
            try await rig.session.run(
                "insert into s3_image_cache (filename, state) select 'm' || i, 'missing' from generate_series(1, 500) i"
            )
            let status = try await rig.rebuild(MemoryStore(), settings: .sliced(100))
            #expect(status.state == "done" && status.count("removed") == 1_099)
            #expect(try await rig.session.number("select count(*) from s3_image_cache") == 0)
        }
    }

    @Test func rowsInOtherStatesDoNotDiluteTheFraction() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(names))
            try await rig.session.run(
                "insert into s3_image_cache (filename) select 'u' || i from generate_series(1, 900) i")
            let store = try MemoryStore(sorted: .made(Array(names[..<90])))
            #expect(try await rig.rebuild(store, settings: .sliced(100)).code == "too_many_deletions")
        }
    }

    @Test func fractionIsASettingAndCountsOnlyTheRebuiltPrefix() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(names + (0..<1_000).map { "other\($0)" }))
            let store = try MemoryStore(sorted: .made(Array(names[..<50])))
            #expect(try await rig.rebuild(store, prefix: "n").code == "too_many_deletions")
            try await rig.session.run("select s3cache.configure('s3_image_cache', max_delete_fraction => 0.75)")
            #expect(try await rig.rebuild(store, prefix: "n").state == "done")
            try await rig.session.run("select s3cache.configure('s3_image_cache', max_delete_fraction => 0)")
            #expect(try await rig.rebuild(store).code == "too_many_deletions")
            #expect(try await rig.session.number("select count(*) from s3_image_cache") == 1_050)
        }
    }
}
