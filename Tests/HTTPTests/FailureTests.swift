import Foundation
import Glibc
import HTTP
import TestSupport
import Testing

/// Each way in which a request fails, and what is said about it.
@Suite(.timeLimit(.minutes(15))) struct FailureTests {
    static let secretQuery = "?X-Signature=s3cr3t"

    /// Makes a request that carries secrets, expects an error, and checks that it shows none of them.
    func failure(
        _ origin: String, change: (inout HTTPRequest) -> Void = { _ in },
        settings: (inout HTTPClientSettings) -> Void = { _ in }
    ) async throws -> HTTPError {
        var request = HTTPRequest(
            .get, origin + "/path" + Self.secretQuery,
            headers: ["Authorization": "Bearer s3cr3t", "x-security-token": "s3cr3t"])
        // A machine may be so busy that a server of ours takes long to say what it is to say.
        request.timeouts.stall = .seconds(600)
        change(&request)
        let sent = request
        let error = try await withClient(settings) { client in
            try await httpError { _ = try await client.send(sent, bodyLimit: 1 << 20) }
        }
        let found = try #require(error)
        #expect(!"\(found) \(String(reflecting: found)) \(sent) \(String(reflecting: sent))".contains("s3cr3t"))
        #expect(found.description.contains("/path)"))
        return found
    }

    /// A server that reads a request on each connection, and then does this.
    func server(_ script: @escaping ScriptedServer.Script) throws -> ScriptedServer {
        try ScriptedServer { connection in
            guard try connection.readRequest() != nil else { return }
            try script(connection)
        }
    }

    @Test func nobodyListens() async throws {
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let port = closed.number
        let error = try await failure("http://127.0.0.1:\(port)")
        #expect(error.code == .connectionRefused)
        #expect(error.isRetryable && !error.mayHaveReachedServer)
        #expect(
            error.description
                == "connectionRefused: nobody listens at 127.0.0.1:\(port): check host and port, and that it runs "
                + "(GET http://127.0.0.1:\(port)/path)")
    }

    @Test func noWayToTheHost() async throws {
        let error = try await failure("http://255.255.255.255")
        #expect(error.code == .unreachable)
        #expect(error.isRetryable && !error.mayHaveReachedServer)
    }

    @Test func theNameHasNoAddress() async throws {
        // A label of more than 63 bytes is refused without asking a server.
        let origin = "http://\(String(repeating: "a", count: 64)).invalid"
        let error = try await failure(origin)
        #expect(error.code == .nameNotResolved)
        #expect(error.isRetryable && !error.mayHaveReachedServer)
        // Again and again with one client, which then reaches others as before.
        let server = try ScriptedServer.answering { _ in ok() }
        try await withClient { client in
            for _ in 0..<3 {
                let again = try await httpError { _ = try await client.get(origin) }
                #expect(again?.code == .nameNotResolved)
            }
            #expect(try await client.get(server.origin).status == 200)
        }
    }

    @Test func theConnectionIsNotAcceptedInTime() async throws {
        // A full queue of connections that nobody accepts: the system ignores further ones.
        let (listener, port) = try ScriptedServer.listen(backlog: 0)
        var fillers: [Int32] = []
        defer { for descriptor in fillers + [listener] { close(descriptor) } }
        for _ in 0..<8 { fillers.append(connectWithoutWaiting(port)) }
        let error = try await failure("http://127.0.0.1:\(port)") { $0.timeouts.connect = .milliseconds(200) }
        #expect(error.code == .connectTimedOut)
        #expect(error.isRetryable && !error.mayHaveReachedServer)
    }

    @Test func theServerClosesWithoutAResponse() async throws {
        let server = try server { _ in }
        let error = try await failure(server.origin)
        #expect(error.code == .connectionClosed)
        #expect(error.isRetryable && error.mayHaveReachedServer)
    }

    @Test func theServerResets() async throws {
        for answer in ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
            let server = try server { connection in
                try connection.send(answer)
                connection.reset()
            }
            let error = try await failure(server.origin)
            #expect(error.code == .connectionReset, "\(answer): \(String(reflecting: error))")
            #expect(error.isRetryable && error.mayHaveReachedServer)
        }
    }

    @Test(
        "The body is shorter than announced",
        arguments: [
            "Content-Length: 9\r\n\r\n", "Content-Length: 9\r\n\r\n12345678", "Transfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ])
    func truncated(_ rest: String) async throws {
        let server = try server { try $0.send("HTTP/1.1 200 OK\r\n" + rest) }
        let error = try await failure(server.origin)
        #expect(error.code == .bodyTruncated)
        #expect(error.isRetryable && error.mayHaveReachedServer)
    }

    @Test("Nothing flows any more", arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
    func stalled(_ answer: String) async throws {
        let server = try server { connection in
            try connection.send(answer)
            connection.waitUntilClosed()
        }
        let error = try await failure(server.origin) { $0.timeouts.stall = .seconds(1) }
        #expect(error.code == .stalled)
        #expect(error.isRetryable && error.mayHaveReachedServer)
    }

    @Test func theServerDoesNotReadTheBody() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { _ in gate.pass() }
        let error = try await failure(server.origin) {
            $0.method = .put
            $0.body = .bytes([UInt8](repeating: 0, count: 20 << 20))
            $0.timeouts.stall = .seconds(1)
        }
        #expect(error.code == .stalled)
        #expect(error.mayHaveReachedServer)
    }

    @Test func theTotalTimeIsOver() async throws {
        let server = try server { $0.waitUntilClosed() }
        let error = try await failure(server.origin) { $0.timeouts.total = .milliseconds(150) }
        #expect(error.code == .timedOut)
        #expect(error.isRetryable && error.mayHaveReachedServer)
    }

    @Test func theSystemHasNoSocketLeft() async throws {
        await #expect(processExitsWith: .success) {
            // A process inherits what other tests have open at the moment, whatever its numbers.
            let inherited = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { UInt($0) }
            let most = (inherited.max() ?? 0) + 64
            var limit = rlimit(rlim_cur: most, rlim_max: most)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let server = try ScriptedServer.answering { _ in ok() }
            let client = try HTTPClient()
            // Whatever is opened for a moment at the first use of anything has been closed again after this.
            let other = try ScriptedServer.answering { _ in ok() }
            _ = try await client.get(other.origin)
            var open: [Int32] = []
            while let descriptor = Optional(dup(0)), descriptor >= 0 { open.append(descriptor) }
            let error = try await httpError { _ = try await client.get(server.origin) }
            for descriptor in open { close(descriptor) }
            try #require(error?.code == .resourcesExhausted, "\(error.map { String(reflecting: $0) } ?? "no error")")
            // It was a passing trouble.
            try #require(try await client.get(server.origin).status == 200)
        }
    }

    @Test func everyCodeIsDescribed() {
        for code in HTTPError.Code.allCases {
            #expect(HTTPError(code, "because").description == "\(code.rawValue): because")
        }
        #expect(HTTPError.Code.allCases.filter { HTTPError($0, "").isRetryable }.count == 11)
    }

    private func connectWithoutWaiting(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }
}
