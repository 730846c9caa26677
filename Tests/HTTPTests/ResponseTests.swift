import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct ResponseTests {
    func answer(_ text: String, limit: Int = 1 << 20, thenClose: Bool = false) async throws -> HTTPResponse {
        let server = try ScriptedServer { connection in
            guard try connection.readRequest() != nil else { return }
            try connection.send(text)
            if !thenClose { connection.waitUntilClosed() }
        }
        return try await withClient { client in
            try await client.send(HTTPRequest(.get, server.origin), bodyLimit: limit)
        }
    }

    @Test func headersKeepOrderDuplicatesAndCase() async throws {
        let response = try await answer(
            "HTTP/1.1 404 Not Here\r\nX-A: 1\r\nset-cookie: a\r\nSet-Cookie:b \r\nEmpty:\r\nContent-Length: 2\r\n\r\nno"
        )
        #expect(response.status == 404)
        #expect(response.headers.fields.map(\.name) == ["X-A", "set-cookie", "Set-Cookie", "Empty", "Content-Length"])
        #expect(response.headers.values("SET-COOKIE") == ["a", "b"])
        #expect(response.headers["empty"] == "")
        #expect(response.headers["none"] == nil)
        #expect(response.text == "no")
    }

    @Test func timingsAndAddressAreKnown() async throws {
        let server = try ScriptedServer.answering { _ in ok("a") }
        try await withClient { client in
            let first = try await client.get(server.origin)
            #expect(first.remoteAddress?.description == "127.0.0.1:\(server.port)")
            let connect = try #require(first.timings.connect)
            let total = try #require(first.timings.total)
            #expect(.zero < connect && connect <= first.timings.firstByte && first.timings.firstByte <= total)
            #expect(try await client.get(server.origin).timings.connect == nil)
            #expect(client.load.connectionsOpened <= 1)
        }
        #expect(server.acceptedConnections == 1)
    }

    @Test func buffersAreLetGoWhenNothingComesAndTheConnectionStays() async throws {
        let server = try ScriptedServer.answering { _ in ok("a") }
        try await withClient { client in
            _ = try await client.get(server.origin)
            try await waitUntil("the buffers are let go") {
                client.load.keptHandles == 0 && client.load.running == 0
            }
            #expect(try await client.get(server.origin).timings.connect == nil)
            try await waitUntil("those of the next request are kept for a while") { client.load.keptHandles == 1 }
        }
        #expect(server.acceptedConnections == 1)
    }

    @Test func chunksAreJoinedAndTrailersLeftOut() async throws {
        let response = try await answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nx: y\r\n\r\n"
        )
        #expect(response.text == "abc0123456789")
        #expect(response.headers["x"] == nil)
    }

    @Test func aBodyWithoutALengthEndsWithTheConnection() async throws {
        #expect(try await answer("HTTP/1.0 200 OK\r\n\r\nall of it", thenClose: true).text == "all of it")
    }

    @Test func contentIsNotDecoded() async throws {
        let response = try await answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw")
        #expect(response.text == "raw")
    }

    @Test("Responses without a body end at once", arguments: [204, 304])
    func noBody(_ status: Int) async throws {
        let response = try await answer("HTTP/1.1 \(status) X\r\nContent-Length: 500\r\n\r\n", limit: 10)
        #expect(response.status == status)
        #expect(response.body == [])
    }

    @Test("Redirects are responses like others", arguments: [301, 302, 303, 307, 308])
    func redirects(_ status: Int) async throws {
        let other = try ScriptedServer.answering { _ in ok("followed") }
        let response = try await answer(
            "HTTP/1.1 \(status) X\r\nLocation: \(other.origin)/\r\nContent-Length: 4\r\n\r\nhere")
        #expect(response.status == status)
        #expect(response.text == "here")
        #expect(response.headers["location"] == other.origin + "/")
        #expect(other.acceptedConnections == 0)
    }

    @Test func aBodyOfExactlyTheLimitIsRead() async throws {
        let body = String(repeating: "x", count: 100_000)
        #expect(try await answer(ok(body), limit: 100_000).text == body)
        #expect(try await answer("HTTP/1.1 200 OK\r\n\r\nabc", limit: 3, thenClose: true).text == "abc")
    }

    @Test func anAnnouncedBodyBeyondTheLimitIsNotRead() async throws {
        // The body never comes: the headers must be enough.
        let error = try await httpError {
            _ = try await answer("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", limit: 100)
        }
        #expect(error?.code == .bodyTooLarge)
        #expect(error?.mayHaveReachedServer == true)
    }

    @Test(
        "A body that grows beyond the limit is cut off",
        arguments: [
            "HTTP/1.1 200 OK\r\n\r\n0123456789A",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789A\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nb\r\n0123456789A\r\n",
        ])
    func growingBody(_ text: String) async throws {
        #expect(try await httpError { _ = try await answer(text, limit: 10) }?.code == .bodyTooLarge)
    }

    @Test func hugeHeadersAreRefused() async throws {
        let line = String(repeating: "x", count: 1000)
        let many = (0..<200).map { "x-\($0): \(line)\r\n" }.joined()
        let one = "x: " + String(repeating: "y", count: 1 << 20) + "\r\n"
        let interim = String(repeating: "HTTP/1.1 103 Early Hints\r\nx: \(line)\r\n\r\n", count: 200)
        for headers in ["HTTP/1.1 200 OK\r\n" + many, "HTTP/1.1 200 OK\r\n" + one, interim] {
            let error = try await httpError { _ = try await answer(headers + "\r\n") }
            #expect(error?.code == .headersTooLarge)
        }
        let large = try await answer(
            "HTTP/1.1 200 OK\r\n" + (0..<80).map { "x-\($0): \(line)\r\n" }.joined() + "Content-Length: 0\r\n\r\n")
        #expect(large.headers["x-79"] == line)
    }

    @Test(
        "What is not HTTP is refused",
        arguments: [
            "SSH-2.0-OpenSSH\r\n", "<html>hello</html>", "HTTP/9.9 200 OK\r\n\r\n", "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
        ])
    func notHTTP(_ text: String) async throws {
        let error = try await httpError { _ = try await answer(text, thenClose: true) }
        #expect(error?.code == .invalidResponse, "\(error.map { String(reflecting: $0) } ?? "no error")")
    }
}
