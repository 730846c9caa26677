import Core
import Glibc
import Testing

@testable import Adapters

@Suite("What a DirectoryStore says when it fails")
struct DirectoryFailureTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func failures(_ store: DirectoryStore) async -> [StoreError?] {
        [
            await #expect(throws: StoreError.self) { _ = try await store.list(ListingRequest()) },
            await #expect(throws: StoreError.self) { _ = try await store.head("k") },
            await #expect(throws: StoreError.self) { _ = try await store.get("k", limit: 1) },
            await #expect(throws: StoreError.self) { try await store.put("k", [1]) },
            await #expect(throws: StoreError.self) { try await store.delete("k") },
        ]
    }

    @Test("a directory that does not exist fails every call and says what to do")
    func missing() async throws {
        let path = scratch.path("absent")
        for error in await failures(try DirectoryStore(root: path)) {
            #expect(error?.code == .noSuchBucket)
            let advice = "create it or set S3CACHE_DIRECTORY to the one that holds the objects."
            #expect(error?.message == "The directory \"\(path)\" does not exist; \(advice)")
        }
        for error in await failures(try DirectoryStore(root: scratch.path, bucket: "absent")) {
            #expect(error?.code == .noSuchBucket && error?.bucket == path)
        }
        #expect(scratch.names() == [])
    }

    @Test("a root that is a file, and a bucket that is a link, are no buckets")
    func notDirectories() async throws {
        try scratch.write("file")
        try #require(symlink("/tmp", scratch.path("link")) == 0)
        for error in await failures(try DirectoryStore(root: scratch.path("file"))) {
            #expect(error?.code == .noSuchBucket && error?.message.contains("is not a directory") == true)
        }
        for bucket in ["link", "file"] {
            for error in await failures(try DirectoryStore(root: scratch.path, bucket: bucket)) {
                #expect(error?.code == .noSuchBucket)
            }
        }
    }

    @Test("a root that vanishes between two pages fails the second")
    func vanished() async throws {
        for index in 0..<10 { try scratch.write("root/\(index)") }
        let store = try DirectoryStore(root: scratch.path("root"))
        let page = try await store.list(ListingRequest(limit: 5))
        try #require(rename(scratch.path("root"), scratch.path("moved")) == 0)
        let next = try #require(page.next)
        let error = await #expect(throws: StoreError.self) { try await store.list(ListingRequest(position: next)) }
        #expect(error?.code == .noSuchBucket)
    }

    @Test(
        "names that cannot be buckets are refused",
        arguments: ["", ".", "..", "a/b", "/", ".s3cache~f~x", "a\0", String(repeating: "b", count: 256)])
    func bucketNames(name: String) {
        let error = #expect(throws: StoreError.self) { try DirectoryStore(root: scratch.path, bucket: name) }
        #expect(error?.code == .noSuchBucket)
    }

    @Test("continuation tokens and pages of no keys are refused")
    func requests() async throws {
        let store = try DirectoryStore(root: scratch.path)
        for request in [
            ListingRequest(position: .continuation("token")), ListingRequest(limit: 0), ListingRequest(limit: -1),
        ] {
            let error = await #expect(throws: StoreError.self) { try await store.list(request) }
            #expect(error?.code == .malformedListing)
        }
    }

    @Test(
        "one directory without permission fails the whole listing",
        .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() async throws {
        for name in ["a", "closed/x", "z"] { try scratch.write(name) }
        let store = try DirectoryStore(root: scratch.path)
        try #require(chmod(scratch.path("closed"), 0) == 0)
        defer { chmod(scratch.path("closed"), 0o755) }
        let error = await #expect(throws: StoreError.self) { try await store.list(ListingRequest()) }
        #expect(error?.code == .accessDenied)
        #expect(error?.message.contains("closed") == true)
        #expect(try await store.list(ListingRequest(prefix: "z")).objects.count == 1)
    }

    @Test(
        "each errno becomes a code that a caller can act on",
        arguments: [
            (EACCES, StoreError.Code.accessDenied), (EPERM, .accessDenied), (EROFS, .accessDenied), (EIO, .inputOutput),
            (ENOSPC, .inputOutput), (EDQUOT, .inputOutput), (EMFILE, .unavailable), (ENAMETOOLONG, .invalidKey),
        ])
    func codes(code: Int32, expected: StoreError.Code) {
        let failure = SystemFailure(code: code, action: "write", path: "/srv/a\nb")
        let error = failure.storeError(operation: "PutObject", bucket: "/srv", key: "a\nb")
        #expect(error.code == expected)
        #expect(error.message.hasPrefix("Could not write \"/srv/a\\u{A}b\" ("))
        #expect(error.message.hasSuffix(".") && !error.message.contains("\n"))
    }

    @Test("a full disk is named as such")
    func fullDisk() {
        let failure = SystemFailure(code: ENOSPC, action: "write", path: "/srv/a")
        let error = failure.storeError(operation: "PutObject", bucket: "/srv", key: "a")
        #expect(error.message.contains("the disk that holds \"/srv\" is full; free some space."))
    }
}
