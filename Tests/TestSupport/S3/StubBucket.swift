import Foundation

/// `ListStub` as it was built together with the tests: a made-up bucket that can be listed, on a port of its own, never
/// alive for longer than this object.
///
/// ```swift
/// let bucket = try await StubBucket(["--objects", "5000", "--fault", "unordered@3"])
/// ```
public final class StubBucket: Sendable {
    /// `http://127.0.0.1:PORT`; the bucket's name can be any.
    public let endpoint: String
    private let process: ChildProcess

    /// What was asked of it since it started.
    public struct Statistics: Sendable, Equatable, Decodable {
        /// Requests of all kinds.
        public let requests: Int
        /// Pages that were asked for.
        public let pages: Int
        /// Objects on those pages.
        public let objects: Int
        /// The most requests that were in flight at the same time.
        public let maximumInFlight: Int
        /// Requests that were answered 503.
        public let throttled: Int
        /// Pages that had a fault.
        public let faulty: Int

        private enum CodingKeys: String, CodingKey {
            case requests, pages, objects, throttled, faulty
            case maximumInFlight = "max_in_flight"
        }
    }

    /// Starts it with these options (`ListStub --help` explains them) and waits until it listens. Throws `TestFailure`
    /// with what it says where it refuses.
    public init(_ options: [String]) async throws {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = ProcessInfo.processInfo.environment["S3CACHE_BINARY"].map { URL(fileURLWithPath: $0) } ?? own
        let path = program.deletingLastPathComponent().appending(path: "ListStub").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestFailure("there is no program at \(path): build it")
        }
        let process = try ChildProcess(path: path, arguments: options, environment: [:])
        self.process = process
        try await waitUntil("the stub of a bucket") {
            process.standardOutput.hasSuffix("\n") || process.exit != nil
        }
        guard let address = process.standardOutput.split(whereSeparator: \.isWhitespace).last else {
            throw TestFailure("the stub of a bucket does not start: \(process.standardError)")
        }
        endpoint = "http://\(address)"
    }

    /// What it has counted.
    public func statistics() throws -> Statistics {
        let socket = try ProxySocket.connect(to: ProxyAddress(endpoint: endpoint))
        try socket.send("GET /_stats HTTP/1.1\r\nHost: stub\r\nConnection: close\r\n\r\n".utf8)
        var answer: [UInt8] = []
        while let bytes = try? socket.receive(), !bytes.isEmpty { answer += bytes }
        guard let start = answer.firstIndex(of: UInt8(ascii: "{")) else {
            throw TestFailure("the stub of a bucket says nothing of itself")
        }
        return try JSONDecoder().decode(Statistics.self, from: Data(answer[start...]))
    }
}
