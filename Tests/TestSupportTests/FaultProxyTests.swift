import HTTP
import Synchronization
import TestSupport
import Testing

/// The proxy passes on what it should, and each fault does what it says.
@Suite(.timeLimit(.minutes(15))) struct FaultProxyTests {
    let upstream: UpstreamServer

    init() throws {
        upstream = try UpstreamServer()
    }

    func proxy(_ fault: FaultProxy.Fault) throws -> FaultProxy {
        try FaultProxy(upstream: upstream.origin) { _ in fault }
    }

    /// Sends one request with a client of its own.
    func send(_ request: HTTPRequest, limit: Int = 64 << 20) async throws -> HTTPResponse {
        let client = try HTTPClient()
        let outcome: Result<HTTPResponse, any Error>
        do { outcome = .success(try await client.send(request, bodyLimit: limit)) } catch { outcome = .failure(error) }
        await client.close()
        return try outcome.get()
    }

    /// The code of the error that a request through the proxy ends with.
    func errorCode(_ proxy: FaultProxy, _ path: String = "/plain/100000") async throws -> HTTPError.Code? {
        var request = HTTPRequest(.get, proxy.origin + path)
        request.isIdempotent = false
        do {
            _ = try await send(request)
            return nil
        } catch let error as HTTPError {
            return error.code
        }
    }

    // MARK: Passing

    @Test("Bodies of every framing pass unchanged", arguments: ["plain", "chunked", "closing"], [0, 1, 3_000_000])
    func bodies(_ framing: String, _ size: Int) async throws {
        let proxy = try proxy(.none)
        let response = try await send(HTTPRequest(.get, "\(proxy.origin)/\(framing)/\(size)"))
        #expect(response.status == 200 && response.body == UpstreamServer.bytes(size))
    }

    @Test func targetAndHostReachTheUpstreamAsTheClientSentThem() async throws {
        let proxy = try proxy(.none)
        let response = try await send(HTTPRequest(.get, proxy.origin + "/a%2Fb/../c%20d//?x=%2B&y"))
        let host = "127.0.0.1:\(proxy.port)"
        #expect(String(decoding: response.body, as: UTF8.self) == "GET /a%2Fb/../c%20d//?x=%2B&y \(host) 0")
        let journal = try #require(proxy.requests.first)
        #expect(journal.number == 1 && journal.method == "GET" && journal["HOST"] == host)
        #expect(journal.path == "/a%2Fb/../c%20d//" && journal.query == "x=%2B&y")
    }

    @Test func uploadsPassUnchanged() async throws {
        let proxy = try proxy(.none)
        let body = UpstreamServer.bytes(5_000_000)
        let response = try await send(HTTPRequest(.put, proxy.origin + "/up", body: .bytes(body)))
        #expect(String(decoding: response.body, as: UTF8.self).hasSuffix(" 5000000"))
    }

    @Test func aHeadResponseHasNoBody() async throws {
        let proxy = try proxy(.none)
        let response = try await send(HTTPRequest(.head, proxy.origin + "/plain/99"))
        #expect(response.status == 200 && response.body.isEmpty && response.headers["content-length"] == "99")
    }

    @Test func anAnswerBeforeTheEndOfTheRequestIsPassedOn() async throws {
        let proxy = try proxy(.none)
        let body = HTTPRequestBody.bytes(UpstreamServer.bytes(20_000_000))
        let response = try await send(HTTPRequest(.put, proxy.origin + "/early", body: body))
        #expect(response.status == 403)
    }

    @Test func connectionsAreKeptAliveOnBothSides() async throws {
        let proxy = try proxy(.none)
        // However busy the machine is, connections do not grow too old between two requests of a test.
        var settings = HTTPClientSettings()
        settings.maximumIdleAge = .seconds(600)
        let client = try HTTPClient(settings)
        for _ in 0..<20 { _ = try await client.send(HTTPRequest(.get, proxy.origin + "/x"), bodyLimit: 1_000) }
        await client.close()
        #expect(proxy.acceptedConnections == 1 && upstream.acceptedConnections == 1)
        #expect(proxy.requests.map(\.number) == Array(1...20))
        try await waitUntil("the connection has ended") { proxy.openConnections == 0 }
    }

    @Test func manyConnectionsAtATime() async throws {
        let proxy = try FaultProxy(upstream: upstream.origin) { request in
            request.number.isMultiple(of: 3) ? .status(503) : .none
        }
        let client = try HTTPClient()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    try await client.send(HTTPRequest(.get, proxy.origin + "/plain/10000"), bodyLimit: 10_000).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        await client.close()
        #expect(statuses.count { $0 == 503 } == 100 && statuses.count { $0 == 200 } == 200)
        #expect(proxy.count() == 300 && upstream.requests.count == 200)
    }

    @Test func withoutAnUpstreamTheAnswerIs502() async throws {
        let proxy = try FaultProxy(upstream: "http://127.0.0.1:1")
        #expect(try await send(HTTPRequest(.get, proxy.origin + "/")).status == 502)
    }

    // MARK: Faults

    @Test func statusIsAnsweredWithoutTheUpstream() async throws {
        let proxy = try proxy(.status(503, headers: [("Retry-After", "1")], body: Array("<Error/>".utf8)))
        let body = HTTPRequestBody.bytes(UpstreamServer.bytes(3_000_000))
        let response = try await send(HTTPRequest(.put, proxy.origin + "/", body: body))
        #expect(response.status == 503 && response.headers["retry-after"] == "1")
        #expect(response.body == Array("<Error/>".utf8))
        #expect(upstream.requests.isEmpty && proxy.count { $0.method == "PUT" } == 1)
    }

    @Test func replacedAndRewrittenResponsesComeAfterTheUpstreamHasActed() async throws {
        let replace = try proxy(.replace(status: 500))
        let replaced = try await send(HTTPRequest(.put, replace.origin + "/plain/9"))
        #expect(replaced.status == 500 && replaced.body.isEmpty && upstream.requests.count == 1)

        let swap = try proxy(.body(Array("<a".utf8)))
        let other = try await send(HTTPRequest(.get, swap.origin + "/plain/9"))
        #expect(other.status == 200 && other.body == Array("<a".utf8) && other.headers["x-kept"] == "1")

        let rewrite = try proxy(.rewriteHeaders([("date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("X-New", "2")]))
        let rewritten = try await send(HTTPRequest(.get, rewrite.origin + "/x"))
        #expect(rewritten.headers["Date"] == "Thu, 01 Jan 1970 00:00:00 GMT" && rewritten.headers["x-new"] == "2")
        #expect(String(decoding: rewritten.body, as: UTF8.self).hasPrefix("GET /x"))
    }

    @Test func resetBeforeTheRequest() async throws {
        #expect(try await errorCode(try proxy(.reset(.beforeRequest))) == .connectionReset)
        #expect(upstream.requests.isEmpty)
    }

    @Test func resetAfterTheRequest() async throws {
        #expect(try await errorCode(try proxy(.reset(.afterRequest))) == .connectionReset)
        #expect(upstream.requests.count == 1)
    }

    @Test func resetInTheBody() async throws {
        #expect(try await errorCode(try proxy(.reset(.inBody(after: 10)))) == .connectionReset)
    }

    @Test("The end comes too early", arguments: ["plain", "chunked"])
    func cut(_ framing: String) async throws {
        #expect(try await errorCode(try proxy(.cutBody(after: 10)), "/\(framing)/100000") == .bodyTruncated)
        #expect(try await errorCode(try proxy(.close(.afterRequest)), "/\(framing)/100000") == .connectionClosed)
    }

    @Test("As many bytes arrive as were asked for", arguments: [0, 1, 65_537, 200_000])
    func countedBytes(_ count: Int) async throws {
        let proxy = try proxy(.cutBody(after: count))
        let client = try HTTPClient()
        let response = try await client.stream(HTTPRequest(.get, proxy.origin + "/plain/1000000"))
        var arrived: [UInt8] = []
        await #expect(throws: HTTPError.self) {
            for try await piece in response.body { arrived += piece }
        }
        await client.close()
        #expect(arrived == Array(UpstreamServer.bytes(1_000_000).prefix(count)))
    }

    @Test("Nothing flows any more", arguments: [FaultProxy.Point.beforeRequest, .afterRequest, .inBody(after: 10)])
    func stalled(_ point: FaultProxy.Point) async throws {
        let proxy = try proxy(.stall(point))
        var request = HTTPRequest(.get, proxy.origin + "/plain/100000")
        request.timeouts.stall = .seconds(1)
        let asked = request
        let error = await #expect(throws: HTTPError.self) { _ = try await send(asked) }
        #expect(error?.code == .stalled)
        try await waitUntil("the proxy has seen that the client gave up") { proxy.openConnections == 0 }
    }

    @Test func aDelayedRequestIsAnswered() async throws {
        let proxy = try proxy(.delay(.milliseconds(50)))
        #expect(try await send(HTTPRequest(.get, proxy.origin + "/x")).status == 200)
        #expect(upstream.requests.count == 1)
    }

    @Test func stopEndsWhatStalls() async throws {
        let proxy = try proxy(.stall(.afterRequest))
        async let code = errorCode(proxy)
        try await waitUntil("the request has arrived") { upstream.requests.count == 1 }
        proxy.stop()
        #expect(try await code == .connectionClosed)
        #expect(try await errorCode(proxy) != nil)
        try await waitUntil("all connections have ended") { proxy.openConnections == 0 }
    }

    @Test func anEndpointThatNoProxyCanServeIsRefused() {
        for endpoint in ["https://127.0.0.1:1", "http://example.org:80", "http://127.0.0.1", "http://127.0.0.1:99999"] {
            #expect(throws: TestFailure.self) { _ = try FaultProxy(upstream: endpoint) }
        }
    }
}
