import Adapters
import Conformance
import Core
import Glibc
import Testing

@Suite("Objects that are replaced", .timeLimit(.minutes(15)))
struct ReplacementTests {
    /// A file system in memory, where a reader of a directory without a lock does miss names that are replaced.
    private static let memory = "/dev/shm"

    @Test("are in every listing meanwhile", .enabled(if: access(memory, W_OK) == 0))
    func listed() async throws {
        let scratch = try ScratchDirectory(in: Self.memory)
        let names = (0..<3000).map { "file-\($0)" }
        for name in names { try scratch.write(name, "old") }
        let store = try DirectoryStore(root: scratch.path)
        let expected = names.map { ObjectKey($0) }.sorted()
        let done = Signal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { done.give() }
                for _ in 0..<30 {
                    let page = try await store.list(ListingRequest(limit: 5000))
                    #expect(page.objects.map(\.key) == expected)
                }
            }
            for writer in 0..<2 {
                group.addTask {
                    var round = writer
                    while !done.isGiven {
                        try await store.put(expected[(round * 7919) % expected.count], text: "new")
                        round += 2
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
