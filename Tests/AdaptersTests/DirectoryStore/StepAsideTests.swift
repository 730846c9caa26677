import Adapters
import Conformance
import Core
import Testing

@Suite("Files that step aside for directories", .timeLimit(.minutes(15)))
struct StepAsideTests {
    @Test("are neither missed nor doubled by listings and reads meanwhile", arguments: [0, 1_000_000])
    func listed(cachedNames: Int) async throws {
        let scratch = try ScratchDirectory()
        let long = String(repeating: "l", count: 246)
        let names = (0..<600).map { $0.isMultiple(of: 3) ? "\(long)\($0)" : "file-\($0)" }
        for name in names { try scratch.write(name, name) }
        let reader = try DirectoryStore(root: scratch.path, cachedNames: cachedNames)
        let writer = try DirectoryStore(root: scratch.path)
        let expected = names.map { ObjectKey($0) }.sorted()
        let done = Signal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { done.give() }
                for name in names { try await writer.put(ObjectKey(name + "/below"), [1]) }
            }
            group.addTask {
                repeat {
                    let keys = try await reader.keys(limit: 1000).keys
                    #expect(keys.filter { !$0.string.hasSuffix("/below") } == expected)
                } while !done.isGiven
            }
            group.addTask {
                repeat {
                    for name in names.shuffled().prefix(30) {
                        let text = try await reader.text(ObjectKey(name))
                        #expect(text == name)
                    }
                } while !done.isGiven
            }
            try await group.waitForAll()
        }
        #expect(try await reader.keys().keys.count == 1200)
    }
}
