import Adapters
import Conformance
import Core
import Glibc
import Testing

@Suite("Symbolic links and special files in a DirectoryStore's directory", .timeLimit(.minutes(15)))
struct LinksAndSpecialFilesTests {
    private let scratch: ScratchDirectory
    private let outside: ScratchDirectory
    private let store: DirectoryStore

    init() throws {
        scratch = try ScratchDirectory()
        outside = try ScratchDirectory()
        try outside.write("secret", "secret")
        store = try DirectoryStore(root: scratch.path)
    }

    @Test("the root itself may be a link")
    func rootLink() async throws {
        try scratch.write("a", "text")
        try #require(symlink(scratch.path, outside.path("link")) == 0)
        let linked = try DirectoryStore(root: outside.path("link"))
        #expect(try await linked.keys().keys == ["a"])
        try await linked.put("b", text: "new")
        #expect(scratch.read("b") == "new")
    }

    @Test("links below the root are no objects and lead nowhere")
    func links() async throws {
        try #require(symlink(outside.path("secret"), scratch.path("file")) == 0)
        try #require(symlink(outside.path, scratch.path("dir")) == 0)
        try #require(symlink("nowhere", scratch.path("dangling")) == 0)
        try scratch.write("real/a")
        #expect(try await store.keys().keys == ["real/a"])
        for key in ["file", "dir", "dir/secret", "dangling"] as [ObjectKey] {
            #expect(try await store.head(key) == nil)
            #expect(try await store.get(key, limit: 100) == nil)
            try await store.delete(key)
        }
        let error = await #expect(throws: StoreError.self) { try await store.put("dir/new", [1]) }
        #expect(error?.code == .accessDenied)
        #expect(outside.names() == ["secret"])
        #expect(scratch.names(in: ".s3cache~t~") == [], "the unplaced file was left behind")
        #expect(scratch.names() == [".s3cache~t~", "dangling", "dir", "file", "real"])
    }

    @Test("an object whose name a link or FIFO has taken is kept beside it")
    func takenName() async throws {
        try #require(symlink(outside.path("secret"), scratch.path("link")) == 0)
        try #require(mkfifo(scratch.path("fifo"), 0o644) == 0)
        for key in ["link", "fifo"] as [ObjectKey] {
            try await store.put(key, text: "object")
            #expect(try await store.text(key) == "object")
        }
        #expect(try await store.keys().keys == ["fifo", "link"])
        #expect(outside.read("secret") == "secret")
    }

    @Test("FIFOs and sockets are no objects and hold nobody up")
    func specialFiles() async throws {
        try #require(mkfifo(scratch.path("fifo"), 0o644) == 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(scratch.path("socket").utf8)) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        #expect(try await store.keys().keys.isEmpty)
        for key in ["fifo", "socket"] as [ObjectKey] {
            #expect(try await store.get(key, limit: 100) == nil)
            #expect(try await store.head(key) == nil)
        }
        let error = await #expect(throws: StoreError.self) { try await store.put("fifo/x", [1]) }
        #expect(error?.code == .accessDenied)
    }

    @Test("no call leaves the root while a directory is swapped for a link and back")
    func swapped() async throws {
        try scratch.write("d/secret", "inside")
        try #require(symlink(outside.path, scratch.path("link")) == 0)
        let done = Signal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [scratch] in
                while !done.isGiven {
                    for (from, to) in [("d", "aside"), ("link", "d"), ("d", "link"), ("aside", "d")] {
                        rename(scratch.path(from), scratch.path(to))
                    }
                    await Task.yield()
                }
            }
            group.addTask { [store] in
                defer { done.give() }
                for index in 0..<500 {
                    let text = try await store.text("d/secret")
                    #expect(text == nil || text == "inside")
                    let key = ObjectKey("d/new-\(index)")
                    do { try await store.put(key, text: "new") } catch let error as StoreError {
                        #expect(error.code == .accessDenied)
                    }
                    let page = try await store.list(ListingRequest(prefix: "d/"))
                    #expect(page.objects.allSatisfy { $0.key == "d/secret" || $0.size == 3 })
                    try await store.delete("d/secret-not")
                }
            }
            try await group.waitForAll()
        }
        #expect(outside.names() == ["secret"])
        #expect(outside.read("secret") == "secret")
    }
}
