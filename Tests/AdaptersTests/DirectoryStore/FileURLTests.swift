import Core
import Foundation
import Testing

@testable import Adapters

@Suite("file:// URLs")
struct FileURLTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test("lead to the bytes of the object, whatever the key and wherever its file had to go")
    func lead() async throws {
        let store = try DirectoryStore(root: scratch.path)
        let keys: [ObjectKey] = [
            "plain.png", "a b/ü%20+?#.png", "x", "x/y", "..", "a//b", "trail/", ".s3cache~f~mine",
            ObjectKey(String(repeating: "é", count: 300)), "new\nline", "q\"uote", "C:\\x",
        ]
        for key in keys { try await store.put(key, Array(key.string.utf8)) }
        for key in keys {
            let url = try #require(URL(string: try await store.presignedURL(of: key, lifetime: 60).text))
            #expect(url.isFileURL && url.path.hasPrefix(scratch.path + "/"), "\(key.quoted): \(url)")
            let bytes = try? Data(contentsOf: url)
            #expect(bytes.map(Array.init) == Array(key.string.utf8), "\(key.quoted): \(url)")
        }
    }

    @Test("of a bucket that is a subdirectory begin with the URL that the provider publishes")
    func provider() async throws {
        try scratch.makeDirectory("my bucket")
        let provider = DirectoryStoreProvider(root: scratch.path + "/./")
        let root = try #require(provider.defaults["endpoint"])
        #expect(root == "file://" + scratch.path && provider.defaults.count == 1)
        let cache = CacheConfiguration(name: "c", bucket: "my bucket", prefix: "")
        let url = try await provider.store(for: cache).presignedURL(of: "a", lifetime: 60)
        #expect(url.text == root + "/my%20bucket/a")
    }

    @Test("are absolute and without dot segments")
    func absolute() throws {
        let here = FileManager.default.currentDirectoryPath
        #expect(FileURL(path: "./a//./b", names: ["c d", "é"]).text == "file://\(here)/a/b/c%20d/%C3%A9")
        #expect(FileURL(path: "/", names: []).text == "file:///")
        try scratch.makeDirectory("one/two")
        try scratch.makeDirectory("three")
        #expect(symlink(scratch.path("one/two"), scratch.path("three/link")) == 0)
        #expect(FileURL(path: scratch.path("three/link/.."), names: ["x"]).text == "file://\(scratch.path)/one/x")
    }

    @Test("a root whose URL is too long to be published is not")
    func long() {
        let root = "/" + Array(repeating: String(repeating: "x", count: 200), count: 11).joined(separator: "/")
        #expect(DirectoryStoreProvider(root: root).defaults.isEmpty)
    }
}
