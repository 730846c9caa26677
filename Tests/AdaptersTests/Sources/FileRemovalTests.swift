import Core
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Adapters

/// A file goes only while its path leads to the very file that was opened, as it was then.
@Suite struct FileRemovalTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for file in ["root/photos/a", "root/photos/b", "root/store/object", "outside/secret"] {
            try directory.write(Array("bytes of \(file)".utf8), to: file)
        }
    }

    private func path(_ name: String) -> String { directory.path(of: name) }

    private func roots(_ root: String = "root", kept: [String]? = []) throws -> FileRoots {
        try FileRoots(path(root), removingAllBut: kept?.map(path))
    }

    private func text(_ name: String) -> String? {
        try? String(contentsOfFile: path(name), encoding: .utf8)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    private func expect(
        _ code: String, _ roots: FileRoots, _ name: String, after change: () throws -> Void
    ) async throws {
        let file = try await roots.open(name)
        _ = try await file.read(0..<file.size)
        try change()
        for isDryRun in [true, false] {
            await #expect { try await roots.remove(file, at: name, isDryRun: isDryRun) } throws: {
                ($0 as? JobFailure)?.code == code
            }
        }
    }

    @Test func aFileGoesAndItsBytesAreCounted() async throws {
        let roots = try roots()
        let file = try await roots.open("photos/a")
        #expect(try await roots.remove(file, at: "photos/a", isDryRun: true) == file.size)
        #expect(text("root/photos/a") != nil, "a dry run only looks")
        #expect(try await roots.remove(file, at: "photos/a", isDryRun: false) == file.size)
        #expect(try names("root/photos") == ["b"])
    }

    @Test func aFileWithAnotherNameFreesNothing() async throws {
        #expect(link(path("root/photos/a"), path("root/photos/c")) == 0)
        let roots = try roots()
        let file = try await roots.open("photos/a")
        #expect(try await roots.remove(file, at: "photos/a", isDryRun: false) == 0)
        #expect(try names("root/photos") == ["b", "c"])
    }

    @Test func aFileThatWasWrittenToStays() async throws {
        try await expect("file_changed", roots(), "photos/a") {
            try directory.write(Array("new".utf8), to: "root/photos/a")
        }
        #expect(text("root/photos/a") == "new")
    }

    /// Same size, and the time of the change put back.
    @Test func aFileThatHidesItsChangeStays() async throws {
        let roots = try roots()
        try await expect("file_changed", roots, "photos/a") {
            var before = stat()
            #expect(stat(path("root/photos/a"), &before) == 0)
            let handle = try #require(FileHandle(forWritingAtPath: path("root/photos/a")))
            try handle.write(contentsOf: Data("BYTES".utf8))
            try handle.close()
            let times = [before.st_atim, before.st_mtim]
            #expect(utimensat(AT_FDCWD, path("root/photos/a"), times, 0) == 0)
        }
        #expect(text("root/photos/a") == "BYTES of root/photos/a")
    }

    @Test func whatWasPutInItsPlaceStays() async throws {
        try await expect("file_changed", roots(), "photos/a") {
            try directory.write(Array("bytes of root/photos/a".utf8), to: "root/new")
            #expect(rename(path("root/new"), path("root/photos/a")) == 0)
        }
        #expect(text("root/photos/a") == "bytes of root/photos/a")
    }

    @Test func aLinkThatWasPutInItsPlaceStaysAndSoDoesWhatItLeadsTo() async throws {
        try await expect("file_changed", roots(), "photos/a") {
            #expect(rename(path("root/photos/a"), path("root/moved")) == 0)
            #expect(symlink(path("root/moved"), path("root/photos/a")) == 0)
        }
        #expect(text("root/moved") != nil && text("root/photos/a") != nil)
    }

    /// Between the last look and the removal: what is found then under the name is put back, or left beside what came there since.
    @Test func whatComesAtTheLastMomentStays() throws {
        let photos = try #require(try DirectoryHandle.open(root: path("root")).directory("photos"))
        #expect(throws: JobFailure.self) { try photos.remove("a", path: "a") { _ in false } }
        #expect(try names("root/photos") == ["a", "b"] && text("root/photos/a") == "bytes of root/photos/a")
        #expect(throws: JobFailure.self) {
            try photos.remove("a", path: "a") { _ in
                (try? directory.write(Array("newer".utf8), to: "root/photos/a")) == nil
            }
        }
        #expect(text("root/photos/a") == "newer")
        let hidden = try #require(try names("root/photos").first { $0.hasPrefix(".s3cache-removing-") })
        #expect(text("root/photos/\(hidden)") == "bytes of root/photos/a")
    }

    /// The directory became a link to one outside, which has a file of that name.
    @Test func aDirectoryThatBecameALinkLeadsNowhere() async throws {
        try await expect("file_changed", roots(), "photos/a") {
            #expect(rename(path("root/photos"), path("outside/photos")) == 0)
            #expect(symlink(path("outside/photos"), path("root/photos")) == 0)
        }
        #expect(text("outside/photos/a") != nil)
    }

    @Test func objectsOfTheEmbeddedStoreStay() async throws {
        try await expect("file_not_allowed", roots(kept: ["none", "root/store"]), "store/object") {}
        try await expect("file_not_allowed", roots("root/store", kept: ["root/store"]), "object") {}
        try await expect("file_not_allowed", roots("root/store", kept: ["root"]), "object") {}
        #expect(symlink(path("root/store"), path("alias")) == 0)
        try await expect("file_not_allowed", roots("alias", kept: ["root/store"]), "object") {}
        try await expect("file_not_allowed", roots(kept: ["alias"]), "store/object") {}
        #expect(text("root/store/object") != nil)
    }

    @Test func workersRemoveNothing() async throws {
        try await expect("file_not_allowed", roots(kept: nil), "photos/a") {}
        #expect(text("root/photos/a") != nil)
    }
}
