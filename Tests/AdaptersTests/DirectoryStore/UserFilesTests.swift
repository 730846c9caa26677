import Adapters
import Core
import Glibc
import Testing

@Suite("Files that users put into a DirectoryStore's directory")
struct UserFilesTests {
    private let scratch: ScratchDirectory
    private let store: DirectoryStore

    init() throws {
        scratch = try ScratchDirectory()
        store = try DirectoryStore(root: scratch.path)
    }

    @Test("a file's relative path is its key, byte for byte")
    func names() async throws {
        let names = [
            "a.png", "dir/b.png", "100%", "%2F", "with space", " ", "trailing.", "trailing..", "...", "a&b<c>'d'\"e\"",
            "line\nbreak", "\u{01}\u{1B}", "tab\t", "back\\slash", "e\u{301}", "\u{E9}", "😀/😀", "-rf", "~", "$HOME",
            "deep/er/and/deep/er", ".hidden", ".s3cache", String(repeating: "n", count: 255), "[a]*?",
        ]
        for name in names { try scratch.write(name, "contents of " + name) }
        let expected = names.map { ObjectKey($0) }.sorted()
        #expect(try await store.keys().keys == expected)
        #expect(try await store.keys(limit: 1).keys == expected)
        for name in names {
            #expect(try await store.text(ObjectKey(name)) == "contents of " + name)
            #expect(try await store.head(ObjectKey(name))?.size == Int64(12 + name.utf8.count))
        }
    }

    @Test("a stored object is a file of that path, and deleting the last one in a directory removes it")
    func files() async throws {
        try await store.put("dir/sub/object", text: "stored")
        try await store.put("dir/other", text: "stays")
        #expect(scratch.read("dir/sub/object") == "stored")
        try await store.delete("dir/sub/object")
        #expect(scratch.names(in: "dir") == ["other"])
        try await store.delete("dir/other")
        #expect(scratch.names(in: "dir") == nil)
    }

    @Test("a user's file steps aside for a directory and stays the object it was")
    func stepsAside() async throws {
        let long = ObjectKey(String(repeating: "l", count: 250))
        for key in ["a", long] {
            try scratch.write(key.string, "user's")
            try await store.put(ObjectKey(key.string + "/b"), text: "below")
            #expect(try await store.text(key) == "user's")
            #expect(scratch.read(key.string + "/b") == "below")
            try await store.put(key, text: "replaced")
            #expect(try await store.text(key) == "replaced")
        }
        #expect(try await store.keys().keys == ["a", "a/b", long, ObjectKey(long.string + "/b")])
    }

    @Test("a file that has stepped aside stays there, so that no second one is left over")
    func staysAside() async throws {
        try scratch.write("d/a", "user's")
        try await store.put("d/a/b", text: "below")
        try await store.delete("d/a/b")
        try await store.put("d/a", text: "replaced")
        #expect(scratch.names(in: "d") == [".s3cache~f~a"])
        #expect(try await store.text("d/a") == "replaced")
        try await store.delete("d/a")
        #expect(scratch.names(in: "d") == nil)
    }

    @Test("of a plain and an escaped file of one key the plain one counts, and both are deleted together")
    func twoNames() async throws {
        let long = String(repeating: "l", count: 250)
        for (key, escaped) in [
            ("x", ".s3cache~f~x"), (long, ".s3cache~l~\(long.prefix(244))/.s3cache~f~\(long.dropFirst(244))"),
        ] {
            try scratch.write(escaped, "hidden")
            #expect(try await store.text(ObjectKey(key)) == "hidden")
            try scratch.write(key, "visible")
            #expect(try await store.text(ObjectKey(key)) == "visible")
            let page = try await store.list(ListingRequest())
            #expect(page.objects.map(\.key) == [ObjectKey(key)])
            #expect(page.objects.first?.size == 7)
            try await store.delete(ObjectKey(key))
            #expect(try await store.head(ObjectKey(key)) == nil)
            #expect(try await store.keys().keys.isEmpty)
        }
    }

    @Test("names that cannot be keys are counted once, whatever the size of the pages")
    func unlistable() async throws {
        for index in 0..<20 { try scratch.write("key-\(index)") }
        try scratch.write(bytes: Array("key-1".utf8) + [0xFF])
        try scratch.write(bytes: Array("key-3".utf8) + [0xC3])
        try scratch.write(bytes: [0x80])
        try #require(mkdir((Array(scratch.path.utf8) + [0x2F, 0xFE, 0]).map { CChar(bitPattern: $0) }, 0o755) == 0)
        let deep = (0..<5).map { _ in String(repeating: "d", count: 203) }.joined(separator: "/")
        try scratch.write(deep + "/ok")
        try scratch.write(deep + "/too-long")
        try scratch.write(deep + "/dir/x")
        try scratch.write(".s3cache~foreign")
        try scratch.write(".s3cache~d~safe/x")
        try scratch.write(".s3cache~l~short/.s3cache~f~x")
        try scratch.write(".s3cache~l~" + String(repeating: "c", count: 244) + "/plain")
        try scratch.write(".s3cache~t~/half-written")
        for limit in [1, 2, 3, 7, 20, 21, 22, 1000] {
            let listed = try await store.keys(limit: limit)
            #expect(listed.keys.count == 21)
            #expect(listed.unlistable == 10, "pages of \(limit)")
        }
        #expect(try await store.keys("key-1").unlistable == 1)
        #expect(try await store.keys("zz").unlistable == 0)
    }

    @Test("times beyond all calendars do no harm")
    func times() async throws {
        try scratch.write("old")
        try scratch.write("far")
        for (name, seconds) in [("old", -99_999_999_999), ("far", 9_999_999_999_999)] {
            let time = timespec(tv_sec: seconds, tv_nsec: 5)
            #expect(utimensat(AT_FDCWD, scratch.path(name), [time, time], 0) == 0)
        }
        #expect(try await store.keys().keys == ["far", "old"])
    }

    @Test("every change that a user makes is in the next listing, though directories are remembered")
    func noticed() async throws {
        for index in 0..<200 { try scratch.write("d/stays-\(index)") }
        for index in 0..<400 {
            try scratch.write("d/new-\(index)")
            let added = try await store.list(ListingRequest(prefix: "d/new-"))
            #expect(added.objects.map(\.key) == [ObjectKey("d/new-\(index)")])
            try #require(rename(scratch.path("d/new-\(index)"), scratch.path("d/old")) == 0)
            let renamed = try await store.list(ListingRequest(prefix: "d/", limit: 1))
            #expect(renamed.objects.map(\.key) == ["d/old"])
            try #require(unlink(scratch.path("d/old")) == 0)
            #expect(try await store.list(ListingRequest(prefix: "d/o")).objects.isEmpty)
        }
    }
}
