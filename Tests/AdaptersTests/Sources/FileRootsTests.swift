import Adapters
import Core
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct FileRootsTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for folder in ["root/photos/deep", "other", "outside"] {
            try FileManager.default.createDirectory(
                atPath: directory.path(of: folder), withIntermediateDirectories: true)
        }
        for (file, text) in [
            ("root/photos/a", "first"), ("root/photos/deep/b", "deep"), ("other/only", "other"),
            ("outside/secret", "secret"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path(of: file)))
        }
        #expect(symlink(directory.path(of: "outside"), directory.path(of: "root/link")) == 0)
        #expect(symlink(directory.path(of: "outside/secret"), directory.path(of: "root/photos/secret")) == 0)
        #expect(symlink("a", directory.path(of: "root/photos/alias")) == 0)
        #expect(mkfifo(directory.path(of: "root/photos/pipe"), 0o600) == 0)
    }

    private var roots: FileRoots {
        get throws { try FileRoots("\(directory.path(of: "root")):\(directory.path(of: "other"))/") }
    }

    private func text(_ path: String) async throws -> String {
        let source = try await roots.open(path)
        return String(decoding: try await source.read(0..<source.size), as: UTF8.self)
    }

    @Test func filesAreFoundBelowTheRootsByRelativeAndAbsolutePaths() async throws {
        #expect(try await text("photos/a") == "first")
        #expect(try await text("./photos//deep/./b") == "deep")
        #expect(try await text("only") == "other")
        #expect(try await text(directory.path(of: "root/photos/a")) == "first")
    }

    @Test(arguments: [
        "../outside/secret", "photos/../../outside/secret", "photos/a/", "", "/", ".", "..", "/etc/passwd",
        "photos/a\0",
        "photos/pipe", "photos",
    ])
    func whatLiesElsewhereOrIsNoFileIsNotAllowed(path: String) async throws {
        await #expect { try await roots.open(path) } throws: { ($0 as? JobFailure)?.code == "file_not_allowed" }
    }

    @Test(arguments: ["link/secret", "photos/secret", "photos/alias", "missing", "photos/a/b"])
    func linksLeadNowhere(path: String) async throws {
        await #expect { try await roots.open(path) } throws: { ($0 as? JobFailure)?.code == "file_not_found" }
    }

    @Test func rootsThatBeginLikeAnotherDirectoryAreNotIt() async throws {
        let path = directory.path(of: "root") + "-else/a"
        await #expect { try await roots.open(path) } throws: { ($0 as? JobFailure)?.code == "file_not_allowed" }
    }

    @Test func withoutRootsThereAreNoFiles() async throws {
        await #expect { try await FileRoots("").open("photos/a") } throws: {
            ($0 as? JobFailure)?.code == "file_not_allowed"
        }
        #expect(throws: StoreError.self) { try FileRoots("relative/path") }
    }

    @Test func whatChangesWhileItIsReadIsNotRead() async throws {
        let source = try await roots.open("photos/a")
        try Data("second, and longer".utf8).write(
            to: URL(fileURLWithPath: directory.path(of: "root/photos/a")), options: .atomic)
        // Written anew beside the old one, and moved in its place: what was opened is as it was.
        #expect(try await source.read(0..<source.size).count == 5)
        let again = try await roots.open("photos/a")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.path(of: "root/photos/a")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("!".utf8))
        try handle.close()
        await #expect { try await again.read(0..<again.size) } throws: { ($0 as? StoreError)?.isRetryable == true }
    }
}
