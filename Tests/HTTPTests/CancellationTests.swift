import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct CancellationTests {
    /// Starts `work`, which would not end by itself, cancels it once `condition` holds, and checks that it ends so.
    func cancelling(
        _ client: HTTPClient, once condition: () async throws -> Bool,
        _ work: @escaping @Sendable (HTTPClient) async throws -> Void
    ) async throws {
        let task = Task { try await work(client) }
        try await waitUntil("it is on its way", condition)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await waitUntil("no transfer is left") { client.load.running == 0 }
    }

    @Test func aRequestWithoutAnswer() async throws {
        let asked = Shared(0)
        let server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                if request.target == "/never" {
                    asked.withLock { $0 += 1 }
                    connection.waitUntilClosed()
                }
                try connection.send(ok())
            }
        }
        try await withClient { client in
            for number in 1...10 {
                #expect(try await client.get(server.origin).status == 200)
                try await cancelling(client, once: { asked.value == number }) {
                    _ = try await $0.get(server.origin + "/never")
                }
                try await waitUntil("the connection is closed") { server.openConnections == 0 }
            }
        }
    }

    @Test func cancellingDoesNotWaitForTheServer() async throws {
        // It would wait for ever.
        let server = try ScriptedServer { $0.waitUntilClosed() }
        try await withClient { client in
            for _ in 0..<50 {
                let task = Task { try await client.get(server.origin) }
                try await waitUntil("it is on its way") { client.load.running == 1 && server.openConnections == 1 }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                try await waitUntil("it is gone") { client.load.running == 0 && server.openConnections == 0 }
            }
        }
    }

    @Test func aRequestThatWaitsForItsTurn() async throws {
        let gate = Gate()
        let targets = Shared<[String]>([])
        let server = try ScriptedServer.answering { request in
            targets.withLock { $0.append(request.target) }
            gate.pass()
            return ok()
        }
        try await withClient {
            $0.maximumConcurrentRequests = 1
        } _: { client in
            async let first = client.get(server.origin + "/first")
            try await waitUntil("the place is taken") { client.load.running == 1 }
            let waiting = (0..<100).map { number in Task { try await client.get(server.origin + "/\(number)") } }
            try await waitUntil("they wait") { client.load.waiting == 100 }
            for task in waiting.dropLast() { task.cancel() }
            for task in waiting.dropLast() {
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            gate.open()
            #expect(try await first.status == 200)
            #expect(try await waiting[99].value.status == 200)
        }
        #expect(targets.value == ["/first", "/99"])
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try ScriptedServer.answering { _ in ok() }
        try await withClient { client in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await client.get(server.origin)
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(server.acceptedConnections == 0)
    }

    @Test func anUploadThatNobodyReads() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { _ in gate.pass() }
        try await withClient { client in
            try await cancelling(client, once: { server.openConnections == 1 }) { client in
                let body = HTTPRequestBody.bytes([UInt8](repeating: 0, count: 20 << 20))
                _ = try await client.send(HTTPRequest(.put, server.origin, body: body), bodyLimit: 10)
            }
        }
    }

    @Test("A stream: before its head, and while it is read", arguments: [true, false])
    func stream(_ sendsHead: Bool) async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            if sendsHead { try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc") }
            connection.waitUntilClosed()
        }
        try await withClient { client in
            let chunks = Shared(0)
            try await cancelling(
                client, once: { server.openConnections == 1 && (!sendsHead || chunks.value == 1) }
            ) { client in
                for try await _ in try await client.stream(HTTPRequest(.get, server.origin)).body {
                    chunks.withLock { $0 += 1 }
                }
            }
            try await waitUntil("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func othersAreNotDisturbed() async throws {
        let server = try ScriptedServer.answering { request in ok(String(repeating: request.target, count: 1000)) }
        try await withClient {
            $0.maximumConcurrentRequests = 8
        } _: { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        let task = Task { try await client.get(server.origin + "/\(number)") }
                        if number % 2 == 0 { task.cancel() }
                        do {
                            let text = try await task.value.text
                            return text == String(repeating: "/\(number)", count: 1000) ? 1 : 1000
                        } catch is CancellationError where number % 2 == 0 {
                            return 0
                        }
                    }
                }
                var completed = 0
                for try await count in group { completed += count }
                #expect((200...400).contains(completed))
            }
            try await waitUntil("no transfer is left") { client.load.running == 0 }
        }
    }
}
