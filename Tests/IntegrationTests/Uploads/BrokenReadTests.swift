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

    @Test func anObjectIsAskedForOnceMore() async throws {
        try await Rig.use { rig in
            let opened = Shared(0)
            let store = HookedStore(
                MemoryStore(),
                onOpen: { stream in
                    opened.withLock { $0 += 1 }
                    return opened.value == 1 ? Self.broken(stream) : stream
                })
            try await store.put("a", Self.bytes)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "done" && status.attempt == 1 && opened.value == 2, "\(status)")
            #expect(try await rig.session.bytes("select s3cache.content(\(id))") == Self.bytes)
        }
    }

    @Test func andTheJobIsTriedAgainWhereItBreaksOnceMore() async throws {
        try await Rig.use { rig in
            let store = HookedStore(MemoryStore(), onOpen: { Self.broken($0) })
            try await store.put("a", Self.bytes)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "waiting" && status.error == "It broke.", "\(status)")
        }
    }

    /// An object that takes another's place while it is read is read as a whole; nothing of the first is left.
    @Test(arguments: [1_000, 200_000, 1_500_000]) func aReplacedObjectIsNeverMixed(size: Int) async throws {
        try await Rig.use { rig in
            let base = MemoryStore()
            let first = [UInt8](repeating: 1, count: 3 << 20)
            let second = [UInt8](repeating: 2, count: size)
            let isFirst = Shared(true)
            let store = HookedStore(
                base,
                onOpen: { stream in
                    guard isFirst.value else { return stream }
                    isFirst.withLock { $0 = false }
                    try await base.put("a", second)
                    let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
                        continuation.yield(Array(first.prefix(2 << 20)))
                        continuation.finish(
                            throwing: StoreError(.unavailable, "It broke.", operation: "GetObject", bucket: "b"))
                    }
                    return ObjectStream(summary: stream.summary, chunks: chunks)
                })
            try await base.put("a", first)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "done", "\(status)")
            #expect(try await rig.session.bytes("select s3cache.content(\(id))") == second)
        }
    }

    /// What the row says of the object's bytes is what is given out as its bytes.
    @Test(arguments: [9, (3 << 20) + 5]) func bytesThatAreNotThoseThatWereStoredAreNotGivenOut(size: Int) async throws {
        try await Rig.use { base in
            let directory = try TemporaryDirectory()
            var rig = base
            rig.copies = try DirectoryCopies(root: directory.path, isMadeHere: false)
            try await rig.session.takeAnything()
            let isBroken = Shared(true)
            let store = HookedStore(
                MemoryStore(),
                onOpen: { stream in
                    guard isBroken.value else { return stream }
                    var bytes: [UInt8] = []
                    for try await chunk in stream.chunks { bytes += chunk }
                    bytes[0] ^= 1
                    let altered = bytes
                    let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
                        continuation.yield(altered)
                        continuation.finish()
                    }
                    return ObjectStream(summary: stream.summary, chunks: chunks)
                })
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            _ = try await rig.session.connection.query("select s3cache.upload('a', $1)", [.bytes(bytes)])
            try await rig.run(try await rig.claim(.upload), store)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(
                status.state == "waiting" && status.error?.contains("not those that were stored") == true, "\(status)")
            isBroken.withLock { $0 = false }
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.read), store)
            #expect(try await rig.session.bytes("select s3cache.content(\(id))") == bytes)
        }
    }

    /// Whatever the size of pieces and chunks, what was read is what is there, in pieces of 256 KiB at most.
    @Test(arguments: [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20, (5 << 20) + 12_345])
    func objectsComeInPieces(size: Int) async throws {
        try await Rig.use { rig in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let store = HookedStore(
                MemoryStore(),
                onOpen: { stream in
                    let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
                        var rest = bytes[...]
                        while !rest.isEmpty {
                            continuation.yield(Array(rest.prefix(300_007)))
                            rest = rest.dropFirst(300_007)
                        }
                        continuation.finish()
                    }
                    return ObjectStream(summary: stream.summary, chunks: chunks)
                })
            try await store.put("a", bytes)
            let id = try await rig.session.number("select s3cache.read('a')")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "done", "\(status)")
            #expect(try await rig.session.bytes("select s3cache.content(\(id))") == bytes)
            let told = try await rig.session.number(
                "select (result ->> 'size')::bigint from s3cache.jobs where id = \(id)")
            #expect(told == size)
            let largest = try await rig.session.number("select max(octet_length(content)) from s3cache.kept_content")
            #expect(largest <= 256 << 10)
        }
    }

    /// An object that is larger than it says is refused as soon as that shows, and nothing of it stays.
    @Test func theLimitHoldsWhileBytesCome() async throws {
        try await Rig.use { rig in
            let store = HookedStore(
                MemoryStore(),
                onOpen: { stream in
                    let chunks = AsyncThrowingStream<[UInt8], any Error> {
                        [UInt8](repeating: 7, count: 1 << 20)
                    }
                    return ObjectStream(summary: stream.summary, chunks: chunks)
                })
            try await store.put("a", Self.bytes)
            let id = try await rig.session.number("select s3cache.read('a', max_bytes => \(5 << 20))")
            try await rig.run(try await rig.claim(.read), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "failed" && status.code == "too_large", "\(status)")
            #expect(try await rig.session.number("select count(*) from s3cache.kept_content") == 0)
        }
    }
}
