import Adapters
import Core
import Foundation
import TestSupport
import Testing

/// Copies in a directory: where they lie, how they are read, and who finds them.
@Suite struct DirectoryCopiesTests {
    private static let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    @Test func copyIsReadAsItWasWrittenUntilItIsRemoved() async throws {
        let directory = try TemporaryDirectory()
        let copies = try DirectoryCopies(root: directory.path, isMadeHere: false)
        let place = copies.newPlace(for: "a/b c.png", in: "bucket", of: 7)
        #expect(try await copies.open(place) == nil)
        let copy = try await copies.keep(BytesSource(Self.bytes), at: place, sha256: nil)
        #expect(copy.summary.size == Int64(Self.bytes.count))
        let url = try #require(URL(string: copy.url))
        #expect(try Data(contentsOf: url) == Data(Self.bytes))
        var read: [UInt8] = []
        for try await chunk in try #require(try await copies.open(place)).chunks { read += chunk }
        #expect(read == Self.bytes)
        let source = try #require(try await copies.source(of: place))
        #expect(source.size == Int64(Self.bytes.count))
        #expect(try await source.read(1_000_000..<2_000_000) == Array(Self.bytes[1_000_000..<2_000_000]))
        let others = try DirectoryCopies(root: try TemporaryDirectory().path, isMadeHere: false)
        #expect(try await others.source(of: place) == nil)
        #expect(try await !others.remove(place))
        #expect(try await copies.remove(place))
        #expect(try await !copies.remove(place))
        #expect(!FileManager.default.fileExists(atPath: directory.path(of: "bucket")))
    }

    @Test func wrongBytesAreNoCopy() async throws {
        let directory = try TemporaryDirectory()
        let copies = try DirectoryCopies(root: directory.path, isMadeHere: false)
        let place = copies.newPlace(for: "a", in: "bucket", of: 7)
        await #expect(throws: StoreError.self) {
            try await copies.keep(BytesSource([1, 2]), at: place, sha256: [UInt8](repeating: 0, count: 32))
        }
        #expect(try await copies.open(place) == nil)
    }

    @Test func everyKeyHasAPlainPlace() throws {
        let copies = try DirectoryCopies(root: "/srv", isMadeHere: false, randomName: { "r" })
        let long = String(repeating: "ä", count: 120)
        let names: [(ObjectKey, String)] = [
            ("a.png", "a.png"), ("1/ä b.png", "ä b.png"), ("a/", "a"), ("/", "object"), ("a/..", "object"),
            ("..", "object"),
            (".hidden.jpg", "object.jpg"), (".s3cache~f~x.png", "object.png"),
            (ObjectKey(long + ".jpeg"), "object.jpeg"),
            (ObjectKey(long + ".a b"), "object"),
        ]
        for (key, name) in names {
            #expect(copies.newPlace(for: key, in: "b", of: 9) == "b/9-r/\(name)")
        }
        let random = try DirectoryCopies(root: "/srv", isMadeHere: false)
        let places = Set((0..<100).map { _ in random.newPlace(for: "a", in: "b", of: 1) })
        #expect(places.count == 100 && places.allSatisfy { $0.utf8.count == "b/1-/a".utf8.count + 32 })
    }

    @Test func directoryIsMadeOnlyWhereItIsOurs() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "data")
        let named = try DirectoryCopies(root: path, isMadeHere: false)
        await #expect(throws: StoreError.self) { try await named.keep(BytesSource([1]), at: "b/1-r/a", sha256: nil) }
        #expect(try await named.open("b/1-r/a") == nil)
        #expect(try await !named.remove("b/1-r/a"))
        let own = try DirectoryCopies(root: path, isMadeHere: true, baseURL: "https://example.com/x//")
        let copy = try await own.keep(BytesSource([1]), at: "b/1-r/ä.png", sha256: nil)
        #expect(copy.url == "https://example.com/x/b/1-r/%C3%A4.png")
    }
}
