import Adapters
import Core
import TestSupport
import Testing
import Worker

/// Reads whose connection breaks in the middle.
@Suite(.timeLimit(.minutes(15))) struct BrokenReadTests {
    private static let bytes = [UInt8](repeating: 7, count: 1_000)

    /// Gives some bytes, and then breaks.
    private static func broken(_ stream: ObjectStream) -> ObjectStream {
        let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield([7, 7])
            continuation.finish(
                throwing: StoreError(.unavailable, "It broke.", operation: "GetObject", bucket: "b"))
        }
        return ObjectStream(summary: stream.summary, chunks: chunks)
    }

    @Test func anObjectWithoutARowIsAskedForOnceMore() async throws {
        try await Rig.use { rig in
            let store = HookedStore(MemoryStore(), onOpen: { Self.broken($0) })
            try await store.put("a", Self.bytes)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "done" && status.attempt == 1, "\(status)")
            let size = try await rig.session.number("select octet_length(s3cache.content(\(id)))")
            #expect(size == Self.bytes.count)
        }
    }

    @Test func andReadAgainWhereItHasGrownMeanwhile() async throws {
        try await Rig.use { rig in
            let base = MemoryStore()
            let store = HookedStore(
                base,
                onOpen: { stream in
                    try await base.put("a", Self.bytes + Self.bytes)
                    return Self.broken(stream)
                })
            try await store.put("a", Self.bytes)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "waiting" && status.error?.contains("was replaced") == true, "\(status)")
        }
    }

    /// What the row says of the object's bytes is what is given out as its bytes.
    @Test func bytesThatAreNotThoseThatWereStoredAreNotGivenOut() async throws {
        try await Rig.use { base in
            let directory = try TemporaryDirectory()
            var rig = base
            rig.copies = try DirectoryCopies(root: directory.path, isMadeHere: false)
            try await rig.session.takeAnything()
            let isBroken = Shared(true)
            let store = HookedStore(
                MemoryStore(),
                onRead: { contents in
                    var contents = contents
                    if isBroken.value { contents.bytes[0] ^= 1 }
                    return contents
                })
            try await rig.session.run("select s3cache.upload('a', 'the bytes')")
            try await rig.run(try await rig.claim(.upload), store)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(
                status.state == "waiting" && status.error?.contains("not those that were stored") == true, "\(status)")
            isBroken.withLock { $0 = false }
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.read), store)
            #expect(try await rig.session.text("select convert_from(s3cache.content(\(id)), 'UTF8')") == "the bytes")
        }
    }
}
