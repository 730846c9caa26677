import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct TLSTests {
    func get(_ origin: String, _ change: (inout HTTPTLSOptions) -> Void = { _ in }) async throws -> HTTPResponse {
        var request = HTTPRequest(.get, origin + "/?s3cr3t")
        change(&request.tls)
        let sent = request
        return try await withClient { try await $0.send(sent, bodyLimit: 1 << 20) }
    }

    @Test func certificatesAreCheckedAndWhatIsWrongIsExplained() async throws {
        let authority = try await TestAuthority()
        try await authority.sign("good", for: "IP:127.0.0.1,DNS:localhost")
        try await authority.sign("other", for: "DNS:other.example")
        try await authority.sign("old", for: "IP:127.0.0.1", days: -1)
        let bundle = authority.path("ca.pem")

        let good = try await TLSServer(authority, certificate: "good")
        let response = try await get(good.origin) { $0.authorityBundlePath = bundle }
        #expect(response.status == 200)
        #expect(response.text.contains("TLSv1.3"))

        let cases: [(server: String, bundle: String?, code: HTTPError.Code, advice: String)] = [
            ("good", nil, .certificateUntrusted, "signed by an unknown authority: name the bundle with that authority"),
            ("good", authority.path("none.pem"), .authorityBundleUnreadable, "check its path"),
            ("good", authority.path("ca.key"), .authorityBundleUnreadable, "check its path"),
            ("stranger", bundle, .certificateUntrusted, "signed by itself: name it as the authority bundle"),
            ("other", bundle, .certificateNameMismatch, "is for other names"),
            ("old", bundle, .certificateExpired, "renew it, or correct this system's clock"),
        ]
        for (name, bundle, code, advice) in cases {
            let server = try await TLSServer(authority, certificate: name)
            let error = try await httpError { _ = try await get(server.origin) { $0.authorityBundlePath = bundle } }
            #expect(error?.code == code, "\(name): \(error.map { String(reflecting: $0) } ?? "no error")")
            #expect(error?.message.contains(advice) == true, "\(error?.message ?? "")")
            #expect(error?.isRetryable == false)
            #expect(error?.mayHaveReachedServer == false)
            #expect(error.map { String(reflecting: $0).contains("s3cr3t") } == false)
        }
    }

    @Test func versionsBelowTheMinimumAreRefused() async throws {
        let authority = try await TestAuthority()
        try await authority.sign("good", for: "IP:127.0.0.1")
        let bundle = authority.path("ca.pem")
        let old = try await TLSServer(
            authority, certificate: "good", arguments: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        #expect(
            try await httpError { _ = try await get(old.origin) { $0.authorityBundlePath = bundle } }?.code
                == .tlsHandshakeFailed)
        let middle = try await TLSServer(authority, certificate: "good", arguments: ["-tls1_2"])
        #expect(try await get(middle.origin) { $0.authorityBundlePath = bundle }.status == 200)
        let error = try await httpError {
            _ = try await get(middle.origin) {
                $0.authorityBundlePath = bundle
                $0.minimumVersion = .tls13
            }
        }
        #expect(error?.code == .tlsHandshakeFailed)
        #expect(error?.mayHaveReachedServer == false)
    }

    @Test func aServerThatDoesNotSpeakTLS() async throws {
        let plain = try ScriptedServer { connection in
            _ = try connection.read(count: 1)
            try connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitUntilClosed()
        }
        let error = try await httpError { _ = try await get("https://127.0.0.1:\(plain.port)") }
        #expect(error?.code == .tlsHandshakeFailed)
        #expect(error?.message.contains("speaks TLS") == true)
    }

    @Test func aConnectionThatBreaksInTheHandshake() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.read(count: 1)
            connection.reset()
        }
        let error = try await httpError { _ = try await get("https://127.0.0.1:\(server.port)") }
        #expect(error?.code == .connectionReset, "\(error.map { String(reflecting: $0) } ?? "no error")")
        #expect(error?.isRetryable == true)
        #expect(error?.mayHaveReachedServer == false)
    }

    @Test func aHandshakeThatTakesTooLong() async throws {
        let server = try ScriptedServer { $0.waitUntilClosed() }
        var request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)/")
        request.timeouts.connect = .milliseconds(200)
        let sent = request
        let error = try await withClient { client in
            try await httpError { _ = try await client.send(sent, bodyLimit: 1) }
        }
        #expect(error?.code == .connectTimedOut)
    }
}
