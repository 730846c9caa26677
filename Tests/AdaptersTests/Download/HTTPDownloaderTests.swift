import Adapters
import Core
import SigV4
import TestSupport
import Testing

/// What a well-behaved host gives, and how far redirects are followed.
@Suite(.timeLimit(.minutes(15))) struct HTTPDownloaderTests {
    @Test func bytesArriveWithTypeSizeAndHashes() async throws {
        let body = String(repeating: "0123456789", count: 100_000)
        let server = try ScriptedServer.answering { _ in
            answer("HTTP/1.1 200 OK", "Content-Type: Image/PNG; charset=x", body: body)
        }
        let fixture = try DownloadFixture(ports: [server.port], names: ["host.example": [["127.0.0.1"]]])
        let url = "http://host.example:\(server.port)/a%20b?x=1"
        let (head, bytes) = try await fixture.get(url)
        #expect(bytes == Array(body.utf8) && head.size == 1_000_000)
        #expect(head.contentType == "image/png" && head.finalURL.text == url)
        #expect(try head.sha256 == SHA256.hash(bytes).bytes)
        #expect(try head.md5 == MD5.hash(bytes))
        let exact = try await fixture.get(url, maximumBytes: 1_000_000)
        #expect(exact.head.size == 1_000_000)
        #expect(try await fixture.failure(url, maximumBytes: 999_999)?.code == .tooLarge)
        await fixture.downloader.close()
    }

    @Test func nothingIsSentButWhatIsNeeded() async throws {
        let heads = Shared<[String]>([])
        let server = try ScriptedServer.answering { request in
            heads.withLock { $0.append(request.head) }
            return request.target == "/1"
                ? answer("HTTP/1.1 302 Found", "Location: /2", "Set-Cookie: a=b", "WWW-Authenticate: Basic")
                : answer("HTTP/1.1 200 OK")
        }
        let fixture = try DownloadFixture(ports: [server.port], names: ["host.example": [["127.0.0.1"]]])
        let (head, bytes) = try await fixture.get("http://host.example:\(server.port)/1#fragment")
        #expect(bytes.isEmpty && head.size == 0 && head.contentType == nil)
        let common = " HTTP/1.1\r\nHost: host.example:\(server.port)\r\nUser-Agent: s3cache\r\nAccept: */*\r\n"
        let rest = "Accept-Encoding: identity\r\n\r\n"
        #expect(heads.value == ["GET /1" + common + rest, "GET /2" + common + rest])
    }

    @Test("Redirects of each kind are followed", arguments: [301, 302, 303, 307, 308])
    func redirects(_ status: Int) async throws {
        let other = try ScriptedServer.answering { _ in answer("HTTP/1.1 200 OK", body: "there") }
        let port = other.port
        let server = try ScriptedServer.answering { request in
            switch request.target {
            case "/a/1": answer("HTTP/1.1 \(status) Moved", "Location: ../2?x=y#z", body: "elsewhere")
            case "/2?x=y": answer("HTTP/1.1 \(status) Moved", "Location: //other.example:\(port)/3")
            default: answer("HTTP/1.1 404 Not Found")
            }
        }
        let names = ["host.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]]
        let fixture = try DownloadFixture(ports: [server.port, port], names: names)
        let (head, bytes) = try await fixture.get("http://host.example:\(server.port)/a/1")
        #expect(String(decoding: bytes, as: UTF8.self) == "there")
        #expect(head.finalURL.text == "http://other.example:\(port)/3")
    }

    @Test func chainsAndCirclesEnd() async throws {
        let server = try ScriptedServer.answering { request in
            let number = Int(request.target.dropFirst()) ?? -1
            return switch number {
            case 0: answer("HTTP/1.1 200 OK", body: "end")
            case 100...: answer("HTTP/1.1 302 Found", "Location: /\(number == 100 ? 101 : 100)")
            case 50: answer("HTTP/1.1 302 Found")
            default: answer("HTTP/1.1 302 Found", "Location: /\(number - 1)")
            }
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let origin = server.origin
        #expect(try await fixture.get(origin + "/5").bytes.count == 3)
        #expect(try await fixture.failure(origin + "/6")?.code == .redirects)
        #expect(try await fixture.failure(origin + "/100")?.code == .redirects)
        #expect(try await fixture.failure(origin + "/50")?.code == .redirects)
        #expect(try await fixture.failure(origin + "/1") { $0.maximumRedirects = 0 }?.code == .redirects)
    }

    @Test("Any other status is an error", arguments: [201, 204, 206, 300, 304, 400, 401, 404, 410, 429, 500, 503])
    func statuses(_ status: Int) async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            let hasBody = status != 204 && status != 304
            try connection.send(
                "HTTP/1.1 \(status) X\r\nRetry-After: 120\r\n" + (hasBody ? "Content-Length: 9999999\r\n\r\n" : "\r\n"))
            connection.waitUntilClosed()
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let error = try await fixture.failure(server.origin + "/secret?secret", maximumBytes: 10)
        #expect(error?.code == .status && error?.status == status && error?.retryAfter == 120)
        #expect(error?.isRetryable == (status == 429 || status >= 500))
        #expect(error?.message.contains("secret") == false)
    }

    @Test func theSinkEndsTheDownload() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc")
            connection.waitUntilClosed()
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let url = try UntrustedURL(server.origin)
        await #expect(throws: CollectingSink.Refusal.self) {
            _ = try await fixture.downloader.download(
                url, limits: DownloadLimits(maximumBytes: 1 << 20), into: CollectingSink(refuses: true))
        }
        try await waitUntil("the connection is closed") { server.openConnections == 0 }
    }

    @Test func cancellingEndsTheDownload() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc")
            connection.waitUntilClosed()
        }
        let fixture = try DownloadFixture(ports: [server.port])
        let url = server.origin
        let task = Task { try await fixture.get(url) }
        try await waitUntil("the download has begun") { server.openConnections == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        try await waitUntil("the connection is closed") { server.openConnections == 0 }
    }

    @Test func theHostProvesWhoItIs() async throws {
        let authority = try await TestAuthority()
        try await authority.sign("host", for: "DNS:host.example")
        let server = try await TLSServer(authority, certificate: "host")
        let names = ["host.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]]
        let trusting = try DownloadFixture(ports: [server.port], names: names) { _, settings in
            settings.authorityBundlePath = authority.path("ca.pem")
        }
        let url = "https://host.example:\(server.port)/"
        #expect(try await trusting.get(url).head.contentType == "text/html")
        #expect(try await trusting.failure("https://other.example:\(server.port)/")?.code == .certificateRefused)
        let wary = try DownloadFixture(ports: [server.port], names: names)
        #expect(try await wary.failure(url)?.code == .certificateRefused)
    }
}
