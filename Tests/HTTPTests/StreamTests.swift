import Glibc
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct StreamTests {
    /// Sends a body of so many bytes on each connection.
    static func largeServer(
        _ count: Int, announced: Bool = true, connections: Shared<[ServerConnection]>? = nil
    ) throws -> ScriptedServer {
        try ScriptedServer { connection in
            connections?.withLock { $0.append(connection) }
            let block = pattern(1 << 16)
            while try connection.readRequest() != nil {
                try connection.send("HTTP/1.1 200 OK\r\n" + (announced ? "Content-Length: \(count)\r\n" : "") + "\r\n")
                for _ in 0..<count / block.count { try connection.send(block) }
                if !announced { return }
            }
        }
    }

    @Test("A body arrives whole and in order, whatever the buffer", arguments: [1, 1000, 256 << 10, 16 << 20])
    func wholeBody(_ buffer: Int) async throws {
        let count = 64 * (1 << 16)
        var expected: [UInt8] = []
        for _ in 0..<64 { expected += pattern(1 << 16) }
        for announced in [true, false] {
            let server = try Self.largeServer(count, announced: announced)
            try await withClient {
                $0.bodyBufferBytes = buffer
            } _: { client in
                let response = try await client.stream(HTTPRequest(.get, server.origin))
                #expect(response.status == 200)
                var body: [UInt8] = []
                for try await chunk in response.body {
                    #expect(!chunk.isEmpty && chunk.count <= buffer + 512 << 10)
                    body += chunk
                }
                #expect(body == expected)
                #expect(response.body.timings?.total != nil)
            }
        }
    }

    @Test func theHeadersComeBeforeTheBody() async throws {
        let gate = Gate()
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nx: y\r\n\r\n")
            gate.pass()
            try connection.send("abc")
            connection.waitUntilClosed()
        }
        try await withClient { client in
            let response = try await client.stream(HTTPRequest(.get, server.origin))
            #expect(response.headers["x"] == "y")
            gate.open()
            var iterator = response.body.makeAsyncIterator()
            #expect(try await iterator.next() == Array("abc".utf8))
            response.body.cancel()
            await #expect(throws: CancellationError.self) { try await iterator.next() }
        }
    }

    @Test func memoryStaysBoundedWhateverTheBodyAndHoweverSlowTheReader() async throws {
        // In a process of its own, so that other tests' memory does not count.
        await #expect(processExitsWith: .success) {
            let total = 200 << 20
            let connections = Shared<[ServerConnection]>([])
            let server = try StreamTests.largeServer(total, connections: connections)
            let client = try HTTPClient()
            let other = try ScriptedServer.answering { _ in ok() }
            _ = try await client.get(other.origin)
            let before = residentBytes()
            let response = try await client.stream(HTTPRequest(.get, server.origin))
            let connection = try #require(connections.value.last)
            // Nobody reads: the server comes to a halt, with what the buffers of client and system hold.
            try await waitUntil("the server is held back") { connection.isFull(for: .milliseconds(200)) }
            let heldBack = connection.sentBytes
            try #require(heldBack < 32 << 20, "\(heldBack) bytes sent to nobody")
            var received = 0
            var most = residentBytes()
            for try await chunk in response.body {
                received += chunk.count
                most = max(most, residentBytes())
            }
            try #require(received == total)
            let growth = most - before
            try #require(growth < 20 << 20, "memory grew by \(growth) bytes")
            await client.close()
        }
    }

    @Test func aStreamBeyondItsLimitIsCutOff() async throws {
        let server = try Self.largeServer(1 << 20, announced: false)
        try await withClient { client in
            let response = try await client.stream(HTTPRequest(.get, server.origin), bodyLimit: 300_000)
            var received = 0
            let error = try await httpError { for try await chunk in response.body { received += chunk.count } }
            #expect(error?.code == .bodyTooLarge)
            #expect(received <= 300_000)
            let announced = try Self.largeServer(1 << 20)
            let second = try await httpError {
                _ = try await client.stream(HTTPRequest(.get, announced.origin), bodyLimit: 300_000)
            }
            #expect(second?.code == .bodyTooLarge)
        }
    }

    @Test func aBodyThatBreaksIsReadUpToThere() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
        }
        try await withClient { client in
            let response = try await client.stream(HTTPRequest(.get, server.origin))
            var received: [UInt8] = []
            let error = try await httpError { for try await chunk in response.body { received += chunk } }
            #expect(error?.code == .bodyTruncated)
            #expect(received == Array("abc".utf8))
            #expect(response.body.timings == nil)
        }
    }

    @Test func aBodyThatIsLetGoFreesItsPlace() async throws {
        let server = try Self.largeServer(64 << 20)
        try await withClient {
            $0.maximumConcurrentRequests = 1
        } _: { client in
            for _ in 0..<5 {
                let status = try await client.stream(HTTPRequest(.get, server.origin)).status
                #expect(status == 200)
            }
            try await waitUntil("no transfer is left") { client.load.running == 0 && server.openConnections == 0 }
        }
    }

    @Test func aPauseOfTheReaderIsNoStall() async throws {
        let server = try Self.largeServer(32 << 20)
        try await withClient { client in
            var request = HTTPRequest(.get, server.origin)
            request.timeouts.stall = .seconds(5)
            let response = try await client.stream(request)
            // What is waited for is time itself: longer than the stall's.
            try await Task.sleep(for: .seconds(8))
            var received = 0
            for try await chunk in response.body { received += chunk.count }
            #expect(received == 32 << 20)
        }
    }

    @Test func twoReadersAtATimeAreAnError() async throws {
        let gate = Gate()
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
            gate.pass()
            try connection.send("x")
            connection.waitUntilClosed()
        }
        try await withClient { client in
            let body = try await client.stream(HTTPRequest(.get, server.origin)).body
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        var iterator = body.makeAsyncIterator()
                        return try await httpError { _ = try await iterator.next() }?.code == .invalidRequest
                    }
                }
                let first = try await group.next()
                gate.open()
                return [first, try await group.next()]
            }
            #expect(outcomes == [true, false])
        }
    }
}

/// The memory of this process that is in use.
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    fgets(&line, Int32(line.count), file)
    let words = String(decoding: line.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
}
