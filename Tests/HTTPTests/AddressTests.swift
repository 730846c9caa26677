import Glibc
import HTTP
import TestSupport
import Testing

/// Where the client connects to: what its policy allows, and no proxy that was not named.
@Suite(.timeLimit(.minutes(15))) struct AddressTests {
    @Test func thePolicyIsAskedBeforeTheConnectionIsOpened() async throws {
        let server = try ScriptedServer.answering { _ in ok() }
        let asked = Shared<[SocketAddress]>([])
        try await withClient {
            $0.addressPolicy = { address in
                asked.withLock { $0.append(address) }
                return false
            }
        } _: { client in
            for host in ["127.0.0.1", "localhost", "0x7f.1", "2130706433"] {
                let error = try await httpError { _ = try await client.get("http://\(host):\(server.port)/") }
                #expect(error?.code == .addressRefused)
                #expect(error?.isRetryable == false)
                #expect(error?.mayHaveReachedServer == false)
            }
        }
        #expect(asked.value.contains { $0.address.bytes == [127, 0, 0, 1] && $0.port == server.port })
        #expect(server.acceptedConnections == 0)
    }

    @Test func thePolicyIsAskedAgainBeforeAnIdleConnectionIsUsed() async throws {
        let server = try ScriptedServer.answering { _ in ok() }
        let isAllowed = Shared(true)
        try await withClient {
            $0.addressPolicy = { _ in isAllowed.value }
        } _: { client in
            #expect(try await client.get(server.origin).status == 200)
            isAllowed.withLock { $0 = false }
            let error = try await httpError { _ = try await client.get(server.origin) }
            #expect(error?.code == .addressRefused)
            #expect(error?.mayHaveReachedServer == false)
            isAllowed.withLock { $0 = true }
            #expect(try await client.get(server.origin).status == 200)
        }
    }

    @Test func anAddressThatIsAllowedIsUsedWhereOthersAreNot() async throws {
        let server = try ScriptedServer.answering { _ in ok() }
        try await withClient {
            $0.addressPolicy = { $0.address.isIPv4 }
        } _: { client in
            let status = try await client.get("http://localhost:\(server.port)/").status
            #expect(status == 200)
        }
    }

    @Test func theEnvironmentNamesNoProxyUnlessItIsAllowedTo() async throws {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer.answering { request in ok("proxied " + request.target) }
            for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                setenv(name, proxy.origin, 1)
            }
            unsetenv("no_proxy")
            unsetenv("NO_PROXY")
            let server = try ScriptedServer.answering { _ in ok("direct") }
            let direct = try HTTPClient()
            try #require(try await direct.get(server.origin).text == "direct")
            try #require(proxy.acceptedConnections == 0)
            var settings = HTTPClientSettings()
            settings.proxy = .environment
            let proxied = try HTTPClient(settings)
            let text = try await proxied.get(server.origin + "/a/../b").text
            try #require(text == "proxied \(server.origin)/a/../b", "\(text)")
        }
    }

    @Test func aProxyThatIsNamedIsUsed() async throws {
        let heads = Shared<[String]>([])
        let proxy = try ScriptedServer.answering { request in
            heads.withLock { $0.append(request.head) }
            return request.head.hasPrefix("CONNECT")
                ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" : ok("proxied")
        }
        try await withClient {
            $0.proxy = .server(proxy.origin)
        } _: { client in
            #expect(try await client.get("http://name.invalid/a/../b?c=%20", headers: ["x": "y"]).text == "proxied")
            let error = try await httpError {
                _ = try await client.get("https://name.invalid/s3cr3t?s3cr3t", headers: ["x": "s3cr3t"])
            }
            #expect(error?.code == .proxyFailed, "\(error.map { String(reflecting: $0) } ?? "no error")")
            #expect(error?.mayHaveReachedServer == false)
        }
        #expect(heads.value.first?.hasPrefix("GET http://name.invalid/a/../b?c=%20 HTTP/1.1\r\n") == true)
        #expect(heads.value.last?.hasPrefix("CONNECT name.invalid:443 ") == true)
        #expect(heads.value.last?.contains("s3cr3t") == false)
    }

    @Test(
        "A proxy that is not there",
        arguments: ["http://127.0.0.1:1", "http://\(String(repeating: "a", count: 64)).invalid"])
    func noProxy(_ url: String) async throws {
        try await withClient {
            $0.proxy = .server(url)
        } _: { client in
            let error = try await httpError { _ = try await client.get("http://example.invalid/") }
            #expect(error?.code == .proxyFailed)
        }
    }
}
