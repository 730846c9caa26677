import HTTP
import TestSupport
import Testing

/// Names whose addresses the program knows better than the name service.
@Suite(.timeLimit(.minutes(15))) struct ResolverTests {
    @Test func theResolverIsAskedBeforeEachRequest() async throws {
        let server = try ScriptedServer { connection in
            guard let request = try connection.readRequest() else { return }
            try connection.send(ok(request["host"] ?? "", "Connection: close"))
        }
        let answers = Shared<[[String]]>([["127.0.0.1"], ["127.0.0.2"], ["::1", "127.0.0.1"]])
        let asked = Shared<[String]>([])
        try await withClient {
            $0.addressPolicy = { $0.address.bytes == [127, 0, 0, 1] }
            $0.resolver = { name in
                asked.withLock { $0.append(name) }
                return answers.withLock { $0.removeFirst() }.compactMap { IPAddress($0) }
            }
        } _: { client in
            let url = "http://Host.example:\(server.port)/"
            #expect(try await client.get(url).text == "Host.example:\(server.port)")
            let error = try await httpError { _ = try await client.get(url) }
            #expect(error?.code == .addressRefused)
            #expect(try await client.get(url).status == 200)
        }
        #expect(asked.value == ["Host.example", "Host.example", "Host.example"])
        #expect(server.acceptedConnections == 2)
    }

    @Test func whereItHasNoAnswerTheNameServiceIsAsked() async throws {
        let server = try ScriptedServer.answering { _ in ok("here") }
        let answers = Shared<[[IPAddress]?]>([[], nil])
        try await withClient {
            $0.resolver = { _ in answers.withLock { $0.removeFirst() } }
        } _: { client in
            for host in ["localhost", "127.0.0.1"] {
                let text = try await client.get("http://\(host):\(server.port)/").text
                #expect(text == "here")
            }
        }
    }
}
