import Adapters
import Core
import Foundation
import TestSupport
import Testing

@Suite struct ScratchFileTests {
    @Test func bytesAreReadFromTheStartAndNoNameIsLeft() async throws {
        let directory = try TemporaryDirectory()
        let file = try ScratchFile(in: directory.path(of: ""))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path(of: "")).isEmpty)
        let chunk = [UInt8](repeating: 7, count: 3 << 20)
        try await file.write(chunk)
        try await file.write([1, 2, 3])
        for _ in 0..<2 {
            #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == Data(chunk + [1, 2, 3]))
        }
    }

    @Test func whereThereIsNoDirectoryThereIsNoFile() throws {
        let error = try #require(throws: DownloadError.self) { _ = try ScratchFile(in: "/nowhere/at/all") }
        #expect(error.code == .exhausted && !error.message.contains("nowhere"))
    }
}
