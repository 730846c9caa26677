import Adapters
import Conformance
import Core
import Testing

@Suite("DirectoryStore conforms to the contract of ObjectStore")
struct DirectoryStoreConformanceTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test("a directory", .timeLimit(.minutes(15)), arguments: ObjectStoreRule.all)
    func directory(_ rule: ObjectStoreRule) async throws {
        try await rule.check(StoreFixture(store: try DirectoryStore(root: scratch.path)))
    }

    @Test("a namespace in a bucket that is a subdirectory", .timeLimit(.minutes(15)), arguments: ObjectStoreRule.all)
    func subdirectory(_ rule: ObjectStoreRule) async throws {
        try scratch.makeDirectory("bucket")
        let store = try DirectoryStore(root: scratch.path, bucket: "bucket", threads: 1)
        try await store.put("before", [1])
        try await store.put("zz/behind", [1])
        try await rule.check(StoreFixture(store: store, namespace: "names/pace-"))
    }

    @Test("two processes, one of which remembers no names", .timeLimit(.minutes(15)), arguments: ObjectStoreRule.all)
    func processes(_ rule: ObjectStoreRule) async throws {
        let forgetful = try DirectoryStore(root: scratch.path, cachedNames: 0)
        let store = AlternatingStore([try DirectoryStore(root: scratch.path), forgetful])
        try await rule.check(StoreFixture(store: store))
    }

    @Test("random operations do what a dictionary does", .timeLimit(.minutes(15)), arguments: [1, 2, 3, 4] as [UInt64])
    func model(seed: UInt64) async throws {
        var run = ModelRun(StoreFixture(store: try DirectoryStore(root: scratch.path)), seed: seed)
        try await run.run(operations: 1000)
    }
}
