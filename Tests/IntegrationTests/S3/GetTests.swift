import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// `s3cache get` gives an object whole or not at all, whatever its size.
@Suite(.timeLimit(.minutes(15))) struct GetTests {
    private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    private func isEmpty(_ place: BucketSite) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: place.files.path).isEmpty
    }

    @Test func objectGoesToStdoutOrToAFileByteForByte() async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("a", Self.bytes)
            let (exit, process) = try await S3CacheProgram.run(["get", "a"], environment: place.environment())
            #expect(exit == .code(0) && process.standardOutputBytes == Self.bytes && process.standardError.isEmpty)

            let path = place.files.path(of: "out")
            for _ in 0..<2 {
                let written = try await place.run("get", "a", "-o", path)
                #expect(written.exit == .code(0) && written.output.isEmpty && written.errors.isEmpty, "\(written)")
                #expect(FileManager.default.contents(atPath: path) == Data(Self.bytes))
                try Data("older".utf8).write(to: URL(fileURLWithPath: path))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.files.path) == ["out"])
        }
    }

    @Test func absentObjectIsAnErrorAndNoFile() async throws {
        try await BucketSite.use { place in
            for arguments in [[], ["-o", place.files.path(of: "out")]] {
                let (exit, process) = try await S3CacheProgram.run(
                    ["get", "no \u{1B}[31msuch"] + arguments, environment: place.environment())
                #expect(exit == .code(1) && process.standardOutputBytes.isEmpty)
                #expect(process.standardError.contains("There is no object"), "\(process.standardError)")
                #expect(process.standardError.contains(place.bucket.name) && !process.standardError.contains("\u{1B}"))
            }
            #expect(try isEmpty(place))
            let unknown = try await place.run("get", "a", "--cache", "nowhere")
            #expect(unknown.exit == .code(1) && unknown.errors.contains("There is no cache nowhere"))
            let empty = try await place.run("get", "")
            #expect(empty.exit == .code(2) && empty.output.isEmpty, "\(empty)")
            let usage = try await place.run("get")
            #expect(usage.exit == .code(2))
            let unwritable = try await place.run("get", "a", "-o", place.files.path(of: "no/such/directory"))
            #expect(unwritable.exit == .code(1))
        }
    }

    @Test(arguments: [
        "a b+c%20d?e=f&g#h", "ä/ö/€/😀", "/leading//double/", "-o", "../../etc/passwd", "quote'\"\\", "trailing.",
    ])
    func oddKeysAreTakenLiterally(key: String) async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put(ObjectKey(key), Array("content".utf8))
            let read = try await place.run("get", "--", key)
            #expect(read.exit == .code(0) && read.output == "content", "\(read.errors)")
        }
    }

    @Test func prefixOfTheCacheGoesBeforeTheName() async throws {
        try await BucketSite.use { place in
            try await place.session.run("select s3cache.create_cache('photos', prefix => 'p/')")
            try await place.bucket.store.put("p/a", Array("below".utf8))
            try await place.bucket.store.put("a", Array("top".utf8))
            let photos = try await place.run("get", "a", "--cache", "photos")
            let images = try await place.run("get", "a")
            #expect(photos.output == "below" && images.output == "top")
            let outside = try await place.run("get", "../a", "--cache", "photos")
            #expect(outside.exit == .code(1) && outside.output.isEmpty)
        }
    }

    @Test func largeObjectsNeedLittleMemory() async throws {
        let gate = Gate()
        let chunk = [UInt8](repeating: 7, count: 1 << 20)
        let count = 96
        let server = try ScriptedServer { connection in
            while try connection.readRequest() != nil {
                try connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(count << 20)\r\nETag: \"e\"\r\n"
                        + "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n")
                for _ in 1..<count { try connection.send(chunk) }
                try connection.send(Array(chunk.dropLast()))
                gate.pass()
                try connection.send([7])
            }
        }
        try await BucketSite.use { place in
            let path = place.files.path(of: "out")
            let command = try place.start("get", "a", "-o", path, variables: ["AWS_ENDPOINT_URL": server.origin])
            try await waitUntil(deadline: .seconds(240), "almost all is written") {
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path).s3cache-\(command.pid)")
                return (attributes?[.size] as? Int ?? 0) > (count - 2) << 20
            }
            let peak = try peakMemory(of: command.pid)
            #expect(peak < 80 << 20, "\(peak >> 20) MiB")
            gate.open()
            #expect(try await command.waitForExit() == .code(0), "\(command.standardError)")
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            #expect(size == count << 20)
        }
    }

    /// The most memory that the process has had, in bytes.
    private func peakMemory(of pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Int($0) }) else {
            throw TestFailure("no VmHWM in \(status)")
        }
        return kilobytes << 10
    }

    @Test func bodyThatIsCutOffIsAnErrorAndNoFile() async throws {
        try await BucketSite.use(faults: { $0.method == "GET" ? .cutBody(after: 20_000) : .none }) { place in
            try await place.bucket.store.put("a", Self.bytes)
            let path = place.files.path(of: "out")
            let written = try await place.run("get", "a", "-o", path)
            #expect(written.exit == .code(1) && !written.errors.isEmpty && written.output.isEmpty, "\(written)")
            #expect(written.errors.contains(place.bucket.name), "\(written.errors)")
            #expect(try isEmpty(place))
            // What is there stays as it was.
            try Data("older".utf8).write(to: URL(fileURLWithPath: path))
            _ = try await place.run("get", "a", "-o", path)
            #expect(FileManager.default.contents(atPath: path) == Data("older".utf8))
            let (exit, process) = try await S3CacheProgram.run(["get", "a"], environment: place.environment())
            #expect(exit == .code(1) && process.standardOutputBytes.count < Self.bytes.count)
            #expect(process.standardOutputBytes.elementsEqual(Self.bytes.prefix(process.standardOutputBytes.count)))
            #expect(!process.standardError.isEmpty)
        }
    }

    @Test func bodyThatIsCutOffIsGoneOnWith() async throws {
        try await BucketSite.use(faults: { $0.method == "GET" ? .cutBody(after: 200_000) : .none }) { place in
            try await place.bucket.store.put("a", Self.bytes)
            let (exit, process) = try await S3CacheProgram.run(["get", "a"], environment: place.environment())
            #expect(exit == .code(0) && process.standardOutputBytes == Self.bytes, "\(process.standardError)")
        }
    }

    @Test(arguments: [true, false], [FaultProxy.Fault.stall(.inBody(after: 200_000)), .stall(.beforeRequest)])
    func interruptExitsWith130AndLeavesNoFile(toFile: Bool, fault: FaultProxy.Fault) async throws {
        try await BucketSite.use(faults: { $0.method == "GET" ? fault : .none }) { place in
            try await place.bucket.store.put("a", Self.bytes)
            let options = toFile ? ["-o", place.files.path(of: "out")] : []
            let command = try S3CacheProgram.start(["get", "a"] + options, environment: place.environment())
            try await waitUntil("the object is asked for") { place.proxy.count { $0.method == "GET" } == 1 }
            if case .stall(.inBody) = fault {
                try await waitUntil("a part of it is there") {
                    try toFile ? !isEmpty(place) : !command.standardOutputBytes.isEmpty
                }
            }
            command.send(SIGINT)
            #expect(try await command.waitForExit() == .code(130), "\(command.standardError)")
            #expect(try isEmpty(place))
        }
    }

    /// As root a rename over `/dev/null` would take it away from the whole machine.
    @Test func whatIsNoFileIsWrittenToAndNotReplaced() async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("a", Self.bytes)
            let link = place.files.path(of: "null")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
            let discarded = try await place.run("get", "a", "-o", link)
            #expect(discarded.exit == .code(0), "\(discarded.errors)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
            let directory = try await place.run("get", "a", "-o", place.files.path)
            #expect(directory.exit == .code(1) && directory.errors.contains("directory"), "\(directory.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.files.path) == ["null"])
        }
    }

    @Test func rightsOfAWorkerSuffice() async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("a", Array("content".utf8))
            try await place.session.withRole("s3cache_worker") { user in
                let read = try await place.run("get", "a", variables: ["PGUSER": user])
                #expect(read.exit == .code(0) && read.output == "content", "\(read.errors)")
            }
        }
    }
}
