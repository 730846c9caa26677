import Adapters
import Conformance
import Core
import Testing

@Suite("MemoryStore")
struct MemoryStoreTests {
    @Test("conforms to the contract of ObjectStore", .timeLimit(.minutes(15)), arguments: ObjectStoreRule.all)
    func conforms(to rule: ObjectStoreRule) async throws {
        try await rule.check(StoreFixture(store: MemoryStore()))
        let store = MemoryStore(pageLimit: 2)
        try await store.put("before", [1])
        try await rule.check(StoreFixture(store: store, namespace: "name/"))
    }

    @Test("random operations do what a dictionary does", arguments: [11, 12] as [UInt64])
    func model(seed: UInt64) async throws {
        var run = ModelRun(StoreFixture(store: MemoryStore()), seed: seed)
        try await run.run(operations: 2000)
    }

    @Test("a million rows can be given at once and listed in large pages", .timeLimit(.minutes(15)))
    func million() async throws {
        let rows = (0..<1_000_000).map { row(ObjectKey("\(10_000_000 + $0)")) }
        let store = try MemoryStore(sorted: rows)
        let listed = try await store.keys(limit: 10_000)
        #expect(listed.keys.count == rows.count)
        #expect(listed.keys.last == rows.last?.key)
        let page = try await store.list(ListingRequest(prefix: "105", position: .after("10599999"), limit: 3))
        #expect(page.objects.isEmpty && page.next == nil)
    }

    @Test(
        "rows that are not in strictly ascending order are refused",
        arguments: [["b", "a"], ["a", "a"]] as [[ObjectKey]])
    func unsorted(keys: [ObjectKey]) {
        let error = #expect(throws: StoreError.self) { try MemoryStore(sorted: keys.map(row)) }
        #expect(error?.code == .malformedListing)
    }

    @Test("a row given without contents reads as zeros until it is replaced")
    func zeros() async throws {
        let store = try MemoryStore(sorted: [row("a"), row("b")])
        #expect(try await store.get("a", limit: 3) == [0, 0, 0])
        try await store.put("a", [1])
        #expect(try await store.get("a", limit: 3) == [1])
        #expect(try await store.head("b")?.etag == "given")
    }

    @Test("lastModified is the given clock's time")
    func clock() async throws {
        let store = MemoryStore(now: { Timestamp(microseconds: 42) })
        #expect(try await store.put("a", []).lastModified == Timestamp(microseconds: 42))
    }

    @Test("continuation tokens and pages of no keys are refused")
    func requests() async throws {
        for request in [ListingRequest(position: .continuation("token")), ListingRequest(limit: 0)] {
            let error = await #expect(throws: StoreError.self) { try await MemoryStore().list(request) }
            #expect(error?.code == .malformedListing)
        }
    }

    private func row(_ key: ObjectKey) -> ObjectSummary {
        ObjectSummary(key: key, size: 3, etag: "given", lastModified: Timestamp(microseconds: 0))
    }
}
