import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct ConcurrencyTests {
    @Test func aThousandRequestsGoThroughSixtyFourPlaces() async throws {
        let gate = Gate()
        let inside = Shared((now: 0, most: 0, total: 0))
        let server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.total + 1) }
                gate.pass()
                inside.withLock { $0.now -= 1 }
                try connection.send(ok(request.target))
            }
        }
        try await withClient { client in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await client.get(server.origin + "/\(number)").text == "/\(number)" }
                }
                try await waitUntil("all places are taken") {
                    inside.value.now == 64 && client.load.waiting == 1000 - 64
                }
                #expect(client.load.running == 64)
                gate.open()
                for try await isRight in group { #expect(isRight) }
            }
        }
        #expect(inside.value.most == 64)
        #expect(inside.value.total == 1000)
        #expect(server.acceptedConnections == 64)
    }

    @Test func whoComesFirstIsServedFirst() async throws {
        let gate = Gate()
        let order = Shared<[String]>([])
        let server = try ScriptedServer.answering { request in
            order.withLock { $0.append(request.target) }
            gate.pass()
            return ok()
        }
        try await withClient {
            $0.maximumConcurrentRequests = 1
        } _: { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { _ = try await client.get(server.origin + "/\(number)") }
                    try await waitUntil("it waits") { client.load.running + client.load.waiting == number + 1 }
                }
                gate.open()
                try await group.waitForAll()
            }
        }
        #expect(order.value == (0..<20).map { "/\($0)" })
        #expect(server.acceptedConnections == 1)
    }

    @Test func connectionsAreUsedAgainAndClosedOnesReplaced() async throws {
        let server = try ScriptedServer { connection in
            for _ in 0..<10 {
                guard try connection.readRequest() != nil else { return }
                try connection.send(ok())
            }
        }
        try await withClient { client in
            for _ in 0..<100 {
                let status = try await client.get(server.origin).status
                #expect(status == 200)
            }
        }
        #expect(server.acceptedConnections == 10)
    }

    @Test func closingWaitsForWhatWasAskedFor() async throws {
        let gate = Gate()
        let server = try ScriptedServer.answering { request in
            gate.pass()
            return ok(request.target)
        }
        var settings = HTTPClientSettings()
        settings.maximumConcurrentRequests = 2
        let client = try HTTPClient(settings)
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<10 {
                group.addTask { try await client.get(server.origin + "/\(number)").text }
            }
            try await waitUntil("they wait") { client.load.running == 2 && client.load.waiting == 8 }
            async let closed: Void = client.close()
            try await waitUntil("it takes no more") { client.load.isClosing }
            let late = try await httpError { _ = try await client.get(server.origin) }
            #expect(late?.code == .clientClosed)
            gate.open()
            await closed
            var texts: Set<String> = []
            for try await text in group { texts.insert(text) }
            #expect(texts.count == 10)
        }
        await client.close()
        try await waitUntil("its connections are closed") { server.openConnections == 0 }
        let error = try await httpError { _ = try await client.get(server.origin) }
        #expect(error?.code == .clientClosed)
        #expect(error?.mayHaveReachedServer == false)
    }

    @Test func cancellingTheCloseAbortsWhatStillRuns() async throws {
        let server = try ScriptedServer { $0.waitUntilClosed() }
        var settings = HTTPClientSettings()
        settings.maximumConcurrentRequests = 2
        let client = try HTTPClient(settings)
        try await withThrowingTaskGroup(of: HTTPError.Code?.self) { group in
            for _ in 0..<4 {
                group.addTask { try await httpError { _ = try await client.get(server.origin) }?.code }
            }
            try await waitUntil("they are on their way") { client.load.running == 2 && client.load.waiting == 2 }
            let closing = Task { await client.close() }
            closing.cancel()
            await closing.value
            for try await code in group { #expect(code == .clientClosed) }
        }
    }

    @Test func aClientThatIsForgottenEndsItsThreadAndConnections() async throws {
        let server = try ScriptedServer.answering { _ in ok() }
        var client: HTTPClient? = try HTTPClient()
        _ = try await client?.get(server.origin)
        #expect(server.openConnections == 1)
        client = nil
        try await waitUntil("its connection is closed") { server.openConnections == 0 }
        _ = client
    }
}
