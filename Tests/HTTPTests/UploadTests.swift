import HTTP
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct UploadTests {
    /// Gives what it is told, in small pieces, and says "not yet" before each.
    final class TestSource: HTTPBodySource {
        struct Broken: Error {}
        private let state: Mutex<State>

        struct State {
            var pieces: [[UInt8]]
            var position = 0
            var hasSaidNotYet = false
            var rewinds = 0
            var failsAtTheEnd = false
            var wakesByItself = true
            var wake: (@Sendable () -> Void)?
        }

        init(_ pieces: [[UInt8]], _ change: (inout State) -> Void = { _ in }) {
            var state = State(pieces: pieces)
            change(&state)
            self.state = Mutex(state)
        }

        var wake: (@Sendable () -> Void)? { state.withLock(\.wake) }

        func read(into buffer: UnsafeMutableRawBufferPointer, wake: @escaping @Sendable () -> Void) throws
            -> HTTPBodyRead
        {
            try state.withLock { state in
                guard state.position < state.pieces.count else {
                    if state.failsAtTheEnd { throw Broken() }
                    return .end
                }
                state.hasSaidNotYet.toggle()
                if state.hasSaidNotYet {
                    state.wake = wake
                    if state.wakesByItself { wake() }
                    return .notYet
                }
                let piece = state.pieces[state.position]
                buffer.copyBytes(from: piece)
                state.position += 1
                return .bytes(piece.count)
            }
        }

        func rewind() -> Bool {
            state.withLock { state in
                state.position = 0
                state.rewinds += 1
                return true
            }
        }
    }

    func put(_ body: HTTPRequestBody, to server: ScriptedServer) async throws -> HTTPResponse {
        try await withClient { try await $0.send(HTTPRequest(.put, server.origin, body: body), bodyLimit: 1000) }
    }

    /// Keeps the bodies that it gets.
    func keeper(_ kept: Shared<[ServedRequest]>) throws -> ScriptedServer {
        try ScriptedServer.answering { request in
            kept.withLock { $0.append(request) }
            return ok()
        }
    }

    @Test("A part of a file", arguments: [(0, 0), (0, 5_000_000), (1, 4_999_998), (4_999_999, 1), (1_234_567, 65_537)])
    func fileRange(_ offset: Int, _ length: Int) async throws {
        let directory = try TemporaryDirectory()
        let content = pattern(5_000_000)
        let path = try directory.write(content, to: "body")
        let kept = Shared<[ServedRequest]>([])
        let response = try await put(
            .file(path: path, offset: Int64(offset), length: Int64(length)), to: try keeper(kept))
        #expect(response.status == 200)
        #expect(kept.value.first?["content-length"] == "\(length)")
        #expect(kept.value.first?.body == Array(content[offset..<offset + length]))
    }

    @Test func aFileThatDoesNotHaveTheRangeIsAnErrorBeforeAnythingIsSent() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(pattern(100), to: "body")
        let server = try ScriptedServer.answering { _ in ok() }
        let bodies: [HTTPRequestBody] = [
            .file(path: path, offset: 0, length: 101), .file(path: path, offset: 101, length: 0),
            .file(path: path, offset: .max, length: .max), .file(path: path + "-not", offset: 0, length: 1),
            .file(path: directory.path, offset: 0, length: 1),
        ]
        for body in bodies {
            let error = try await httpError { _ = try await put(body, to: server) }
            #expect(error?.code == .bodySourceFailed)
            #expect(error?.mayHaveReachedServer == false)
        }
        #expect(server.acceptedConnections == 0)
    }

    @Test(
        "An idle connection that is cut while the body is sent: the body is sent again from its start, or the caller is told"
    )
    func rewind() async throws {
        let directory = try TemporaryDirectory()
        let content = pattern(3_000_000)
        let path = try directory.write(content, to: "body")
        let pieces = (0..<30).map { Array(content[$0 * 50_000..<($0 + 1) * 50_000]) }
        let bodies: [(() -> HTTPRequestBody, [UInt8])] = [
            ({ .file(path: path, offset: 1_000_000, length: 2_000_000) }, Array(content[1_000_000...])),
            ({ .bytes(content) }, content),
            ({ .source(TestSource(pieces), length: 1_500_000) }, Array(content[..<1_500_000])),
        ]
        for (body, expected) in bodies {
            let kept = Shared<[ServedRequest]>([])
            let server = try ScriptedServer { connection in
                guard connection.number == 1 else {
                    while let request = try connection.readRequest() {
                        kept.withLock { $0.append(request) }
                        try connection.send(ok())
                    }
                    return
                }
                _ = try connection.readRequest()
                try connection.send(ok())
                // The second request's head and a part of its body, and then nothing.
                _ = try connection.readHead()
                _ = try connection.read(count: 100_000)
                connection.reset()
            }
            try await withClient { client in
                #expect(try await client.get(server.origin).status == 200)
                // libcurl begins anew itself where it reads that the connection is gone, and not where it writes; which of
                // the two comes first is chance.
                let request = HTTPRequest(.put, server.origin, body: body())
                var response: HTTPResponse?
                let error = try await httpError { response = try await client.send(request, bodyLimit: 10) }
                #expect(error == nil || (error?.code == .connectionReset && error?.mayHaveReachedServer == true))
                if error != nil {
                    response = try await client.send(HTTPRequest(.put, server.origin, body: body()), bodyLimit: 10)
                }
                #expect(response?.status == 200)
            }
            #expect(kept.value.first?.body == expected)
            #expect(server.acceptedConnections == 2)
        }
    }

    @Test func aRequestThatMustNotBeRepeatedIsNot() async throws {
        let received = Shared(0)
        let server = try ScriptedServer { connection in
            guard try connection.readRequest() != nil else { return }
            received.withLock { $0 += 1 }
            try connection.send(ok())
            guard try connection.readRequest() != nil else { return }
            received.withLock { $0 += 1 }
        }
        try await withClient { client in
            _ = try await client.get(server.origin)
            var request = HTTPRequest(.post, server.origin, body: .bytes([1]))
            let once = request
            let error = try await httpError { _ = try await client.send(once, bodyLimit: 10) }
            #expect(error?.code == .connectionClosed)
            #expect(error?.mayHaveReachedServer == true)
            #expect(received.value == 2)

            _ = try await client.get(server.origin)
            request.isIdempotent = true
            let again = request
            #expect(try await client.send(again, bodyLimit: 10).status == 200)
            #expect(received.value == 5)
        }
    }

    @Test("A source that is waited for", arguments: [true, false])
    func source(_ hasLength: Bool) async throws {
        let pieces = (0..<50).map { pattern(1 + $0 * 100, seed: $0) }
        let expected = Array(pieces.joined())
        let kept = Shared<[ServedRequest]>([])
        let body = HTTPRequestBody.source(TestSource(pieces), length: hasLength ? Int64(expected.count) : nil)
        #expect(try await put(body, to: try keeper(kept)).status == 200)
        let request = try #require(kept.value.first)
        #expect(request.body == expected)
        #expect(request["content-length"] == (hasLength ? "\(expected.count)" : nil))
        #expect(request["transfer-encoding"] == (hasLength ? nil : "chunked"))
    }

    @Test func aPauseOfTheSourceIsNoStall() async throws {
        let source = TestSource([[1], [2]]) { $0.wakesByItself = false }
        let kept = Shared<[ServedRequest]>([])
        let server = try keeper(kept)
        try await withClient { client in
            var request = HTTPRequest(.put, server.origin, body: .source(source, length: 2))
            request.timeouts.stall = .seconds(3)
            let sent = request
            async let response = client.send(sent, bodyLimit: 10)
            for _ in 0..<2 {
                try await waitUntil("the source is asked") { source.wake != nil }
                try await Task.sleep(for: .seconds(4))
                source.wake?()
            }
            #expect(try await response.status == 200)
        }
        #expect(kept.value.first?.body == [1, 2])
    }

    @Test func aSourceThatFailsOrLiesEndsTheRequest() async throws {
        let server = try ScriptedServer { $0.waitUntilClosed() }
        let failing = TestSource([[1], [2]]) { $0.failsAtTheEnd = true }
        let error = try await httpError { _ = try await put(.source(failing, length: nil), to: server) }
        #expect(error?.code == .bodySourceFailed)
        #expect(error?.underlying is TestSource.Broken)
        #expect(error?.mayHaveReachedServer == true)

        let short = TestSource([[1], [2]])
        let second = try await httpError { _ = try await put(.source(short, length: 3), to: server) }
        #expect(second?.code == .bodySourceFailed)
    }

    @Test func aServerThatAnswersBeforeItHasReadTheBodyIsHeard() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readHead()
            try connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
            connection.waitUntilClosed()
        }
        let response = try await put(.bytes([UInt8](repeating: 0, count: 30 << 20)), to: server)
        #expect(response.status == 403)
        #expect(response.text == "no")
    }
}
