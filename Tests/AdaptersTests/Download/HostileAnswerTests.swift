import Adapters
import Core
import Glibc
import TestSupport
import Testing

/// Hosts that lie about what they send, or never stop.
@Suite(.timeLimit(.minutes(15))) struct HostileAnswerTests {
    /// A server that reads a request, says this, and then what `more` does; it waits for the client at its end.
    private func server(
        _ head: String, closes: Bool = false, _ more: @escaping @Sendable (ServerConnection) throws -> Void = { _ in }
    ) throws -> ScriptedServer {
        try ScriptedServer { connection in
            guard try connection.readRequest() != nil else { return }
            try connection.send(head)
            try more(connection)
            if !closes { connection.waitUntilClosed() }
        }
    }

    @Test(
        "A body without end is cut at the limit",
        arguments: ["Content-Type: image/png", "Transfer-Encoding: chunked", "Connection: close"])
    func endless(_ header: String) async throws {
        let isChunked = header.hasPrefix("Transfer")
        let server = try server("HTTP/1.1 200 OK\r\n\(header)\r\n\r\n") { connection in
            let block = [UInt8](repeating: 7, count: 64 << 10)
            while true { try connection.send(isChunked ? Array("10000\r\n".utf8) + block + Array("\r\n".utf8) : block) }
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let sink = CollectingSink()
        let error = await #expect(throws: DownloadError.self) {
            _ = try await fixture.downloader.download(
                try UntrustedURL(server.origin), limits: DownloadLimits(maximumBytes: 1_000_000), into: sink)
        }
        #expect(error?.code == .tooLarge && error?.isRetryable == false)
        #expect(sink.bytes.count <= 1_000_000)
        try await waitUntil("the connection is closed") { server.openConnections == 0 }
    }

    @Test("A length above the limit is refused before the body", arguments: ["1001", "99999999999999999999999"])
    func announced(_ length: String) async throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin, maximumBytes: 1_000)
        #expect(error?.code == .tooLarge || (length.count > 18 && error?.code == .malformed))
    }

    @Test func aBodyShorterThanAnnouncedIsNoFile() async throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", closes: true)
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin)
        #expect(error?.code == .interrupted && error?.isRetryable == true)
    }

    @Test func chunksWithoutTheirEndAreNoFile() async throws {
        let server = try server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", closes: true)
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin)?.code == .interrupted)
    }

    @Test func nothingBehindTheAnnouncedLengthIsTaken() async throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.get(server.origin).bytes == Array("abc".utf8))
    }

    @Test(
        "Lengths and heads that are none",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "<html>hello</html>",
        ])
    func malformed(_ text: String) async throws {
        let server = try server(text, closes: true)
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin)
        #expect(error?.code == .malformed, "\(error.map { "\($0.code)" } ?? "no error")")
    }

    @Test(
        "Heads without end are cut",
        arguments: [
            ("HTTP/1.1 200 OK\r\n", "X-A: \(String(repeating: "a", count: 1_000))\r\n"),
            ("HTTP/1.1 200 OK\r\nX: ", "a"),
            ("HTTP/1.1 200 ", "a"), ("", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
        ])
    func endlessHead(_ start: String, _ filler: String) async throws {
        let server = try server(start) { connection in
            while true { try connection.send(String(repeating: filler, count: 50)) }
        }
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin)?.code == .malformed)
        try await waitUntil("the connection is closed") { server.openConnections == 0 }
    }

    @Test(
        "What is compressed is not unpacked",
        arguments: ["Content-Encoding: gzip", "Content-Encoding: identity, br", "Transfer-Encoding: gzip, chunked"])
    func compressed(_ header: String) async throws {
        // A thousand times as large when it is unpacked.
        let bomb = try gzipped([UInt8](repeating: 0, count: 8 << 20))
        let isChunked = header.contains("chunked")
        let server = try server(
            "HTTP/1.1 200 OK\r\n\(header)\r\n" + (isChunked ? "" : "Content-Length: \(bomb.count)\r\n") + "\r\n"
        ) {
            let size = Array(String(bomb.count, radix: 16).utf8)
            try $0.send(isChunked ? size + Array("\r\n".utf8) + bomb + Array("\r\n0\r\n\r\n".utf8) : bomb)
        }
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin)?.code == .encoded)
    }

    @Test func aHostThatSaysNothingIsStalled() async throws {
        let server = try server("")
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin) { $0.stall = .seconds(1) }
        #expect(error?.code == .stalled && error?.isRetryable == true)
    }

    @Test func aBodyThatStopsIsStalled() async throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin) { $0.stall = .seconds(1) }?.code == .stalled)
    }

    @Test func aBodyThatDripsIsStalled() async throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n") { connection in
            while true {
                try connection.send("a")
                poll(nil, 0, 20)
            }
        }
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin) { $0.stall = .seconds(2) }?.code == .stalled)
    }

    @Test func aBodyThatFlowsForTooLongIsCut() async throws {
        let server = try server("HTTP/1.1 200 OK\r\n\r\n") { connection in
            while true {
                try connection.send([UInt8](repeating: 1, count: 1_000))
                poll(nil, 0, 20)
            }
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin, maximumBytes: .max) { $0.total = .seconds(2) }
        #expect(error?.code == .timeout)
        #expect(error?.isRetryable == true)
    }

    @Test func theTotalTimeCountsRedirectsToo() async throws {
        let elapsed = Shared(Duration.zero)
        let server = try ScriptedServer.answering { request in
            // Each request takes 40 seconds of the test's clock.
            elapsed.withLock { $0 += .seconds(40) }
            return answer("HTTP/1.1 302 Found", "Location: \(request.target)x")
        }
        let start = ContinuousClock.now
        let fixture = try DownloadFixture(ports: [server.port]) { $1.now = { start + elapsed.value } }
        let error = try await fixture.failure(server.origin) { $0.total = .seconds(100) }
        #expect(error?.code == .timeout)
        #expect(elapsed.value == .seconds(120))
    }

    @Test func aHostThatIsNotThereIsUnreachable() async throws {
        let closed = try ClosedPort()
        let fixture = try DownloadFixture(ports: [closed.number])
        let error = try await fixture.failure("http://127.0.0.1:\(closed.number)/")
        #expect(error?.code == .unreachable && error?.isRetryable == true)
    }

    @Test func aHostThatHangsUpIsInterrupted() async throws {
        let server = try ScriptedServer { connection in _ = try connection.readRequest() }
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin)?.code == .interrupted)
    }
}
