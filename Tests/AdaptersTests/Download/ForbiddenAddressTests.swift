import Adapters
import Core
import TestSupport
import Testing

/// Whatever leads to the inside ends before a connection: the URL itself, a name, a name that changes, a redirect.
@Suite(.timeLimit(.minutes(15))) struct ForbiddenAddressTests {
    @Test("A URL", arguments: ForbiddenHosts.literals)
    func direct(_ host: String) async throws {
        let server = try ScriptedServer.answering { _ in answer("HTTP/1.1 200 OK", body: "inside") }
        let fixture = try DownloadFixture(ports: [server.port])
        for scheme in ["http", "https"] {
            let error = try await fixture.failure("\(scheme)://\(host):\(server.port)/")
            #expect(error?.code == .refusedAddress && error?.isRetryable == false)
        }
        #expect(server.acceptedConnections == 0)
    }

    @Test("A redirect", arguments: ForbiddenHosts.literals)
    func redirect(_ host: String) async throws {
        let server = try ScriptedServer.answering { request in
            request.target == "/"
                ? answer("HTTP/1.1 302 Found", "Location: http://\(host)/in") : answer("HTTP/1.1 200 OK")
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin + "/")
        #expect(error?.code == .refusedAddress)
        #expect(server.acceptedConnections == 1)
    }

    @Test("A redirect in disguise", arguments: ForbiddenHosts.disguises)
    func disguisedRedirect(_ host: String) async throws {
        let server = try ScriptedServer.answering { request in
            request.target == "/"
                ? answer("HTTP/1.1 302 Found", "Location: http://\(host)/in") : answer("HTTP/1.1 200 OK")
        }
        let fixture = try DownloadFixture(ports: [server.port])
        #expect(try await fixture.failure(server.origin + "/")?.code == .redirects)
        #expect(server.acceptedConnections == 1)
    }

    @Test("A name that leads there", arguments: ForbiddenHosts.literals)
    func name(_ literal: String) async throws {
        let server = try ScriptedServer.answering { _ in answer("HTTP/1.1 200 OK", body: "inside") }
        let address = literal.filter { $0 != "[" && $0 != "]" }
        let names = ["evil.example": [[address]], "host.example": [["127.0.0.1"]]]
        let fixture = try DownloadFixture(ports: [server.port], names: names)
        let error = try await fixture.failure("http://evil.example:\(server.port)/")
        #expect(error?.code == .refusedAddress && error?.host == "evil.example")
        #expect(error?.message.contains(address) == false && error?.message.contains("evil.example") == true)
        #expect(server.acceptedConnections == 0)
    }

    @Test func aNameWhoseAnswerChangesIsJudgedByWhatIsConnectedTo() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.send(answer("HTTP/1.1 200 OK", "Connection: close", body: "outside"))
        }
        let names = ["evil.example": [["127.0.0.1"], ["127.0.0.2"]]]
        let fixture = try DownloadFixture(ports: [server.port], names: names)
        let url = "http://evil.example:\(server.port)/"
        #expect(try await fixture.get(url).bytes == Array("outside".utf8))
        #expect(try await fixture.failure(url)?.code == .refusedAddress)
        #expect(try await fixture.failure(url)?.code == .refusedAddress)
        #expect(server.acceptedConnections == 1)
    }

    @Test func aNameWhoseAnswerChangesBetweenRedirectsIsJudgedAgain() async throws {
        let server = try ScriptedServer { connection in
            let request = try connection.readRequest()
            try connection.send(
                answer("HTTP/1.1 302 Found", "Connection: close", "Location: \(request?.target ?? "")x"))
        }
        let names = ["evil.example": [["127.0.0.1"], ["127.0.0.1"], ["::1", "127.0.0.2"]]]
        let fixture = try DownloadFixture(ports: [server.port], names: names)
        #expect(try await fixture.failure("http://evil.example:\(server.port)/")?.code == .refusedAddress)
        #expect(server.acceptedConnections == 2)
    }

    @Test func ofSeveralAddressesOnlyThoseThatAreAllowedAreUsed() async throws {
        let server = try ScriptedServer.answering { _ in answer("HTTP/1.1 200 OK", body: "outside") }
        let names = ["host.example": [["127.0.0.2", "::1", "10.0.0.1", "127.0.0.1"]]]
        let fixture = try DownloadFixture(ports: [server.port], names: names)
        #expect(try await fixture.get("http://host.example:\(server.port)/").bytes == Array("outside".utf8))
    }

    @Test func thisMachinesOwnNameIsRefused() async throws {
        let server = try ScriptedServer.answering { _ in answer("HTTP/1.1 200 OK", body: "inside") }
        let fixture = try DownloadFixture(ports: [server.port]) { rules, _ in rules.addresses.allowed = [] }
        for host in ["localhost", "LOCALHOST.", "127.0.0.1"] {
            #expect(try await fixture.failure("http://\(host):\(server.port)/")?.code == .refusedAddress)
        }
        #expect(server.acceptedConnections == 0)
    }

    @Test func otherSchemesAndPortsAreRefusedInRedirectsToo() async throws {
        let inside = try ScriptedServer.answering { _ in answer("HTTP/1.1 200 OK", body: "inside") }
        let port = inside.port
        let server = try ScriptedServer.answering { request in
            let target =
                switch request.target {
                case "/file": "file:///etc/passwd"
                case "/gopher": "gopher://127.0.0.1:\(port)/_x"
                case "/user": "http://user@127.0.0.1:\(port)/"
                default: "http://127.0.0.1:\(port)/"
                }
            return answer("HTTP/1.1 302 Found", "Location: \(target)")
        }
        let fixture = try DownloadFixture(ports: [server.port])
        for path in ["/file", "/gopher", "/user"] {
            #expect(try await fixture.failure(server.origin + path)?.code == .redirects)
        }
        #expect(try await fixture.failure(server.origin + "/port")?.code == .refusedURL)
        #expect(inside.acceptedConnections == 0)
    }
}
