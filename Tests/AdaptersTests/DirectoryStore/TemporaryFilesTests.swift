import Adapters
import Core
import Glibc
import Testing

@Suite("Temporary files of a DirectoryStore")
struct TemporaryFilesTests {
    private let scratch: ScratchDirectory
    private let store: DirectoryStore

    init() throws {
        scratch = try ScratchDirectory()
        store = try DirectoryStore(root: scratch.path)
        try scratch.write(".s3cache~t~/stale")
        try scratch.write(".s3cache~t~/fresh")
        let time = timespec(tv_sec: Int(MemoryStore.clock().microseconds / 1_000_000) - 90_000, tv_nsec: 0)
        try #require(utimensat(AT_FDCWD, scratch.path(".s3cache~t~/stale"), [time, time], 0) == 0)
    }

    @Test("are never listed, and those older than a day are removed on request")
    func stale() async throws {
        let listed = try await store.keys()
        #expect(listed.keys.isEmpty && listed.unlistable == 0)
        #expect(try await store.removeStaleTemporaryFiles() == 1)
        #expect(scratch.names(in: ".s3cache~t~") == ["fresh"])
    }

    @Test("that are stale are removed by the first put, which leaves none of its own")
    func put() async throws {
        try await store.put("a", [1])
        #expect(scratch.names(in: ".s3cache~t~") == ["fresh"])
    }

    @Test("cannot be keys' files: a key of such a name is an object like any other")
    func keys() async throws {
        try await store.put(".s3cache~t~/fresh", text: "object")
        #expect(try await store.text(".s3cache~t~/fresh") == "object")
        #expect(scratch.read(".s3cache~t~/fresh") == "")
        #expect(try await store.keys().keys == [".s3cache~t~/fresh"])
    }
}
