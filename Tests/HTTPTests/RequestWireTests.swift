import HTTP
import TestSupport
import Testing

/// What the server gets, byte for byte.
@Suite(.timeLimit(.minutes(15))) struct RequestWireTests {
    /// Sends a request and returns what came.
    func wire(_ change: (inout HTTPRequest) -> Void) async throws -> ServedRequest {
        let got = Shared<ServedRequest?>(nil)
        let server = try ScriptedServer.answering { request in
            got.withLock { $0 = request }
            return request.head.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : ok()
        }
        var request = HTTPRequest(.get, server.origin + "/")
        change(&request)
        let sent = request
        try await withClient { client in _ = try await client.send(sent, bodyLimit: 100) }
        return try #require(got.value)
    }

    func host(_ request: ServedRequest) -> String { request["host"] ?? "" }

    @Test(
        "The path and query are sent as they are",
        arguments: [
            "/a/../b//%2F?x=%20", "/", "/?", "/a?", "/.//./..", "/%7E~%7e", "/a+b%20c?a=b+c&&=&x", "/a;b=c/'()*!$,:@",
            "/\"<>^`{|}\\[]", "/a?b?c/../d", "/%00%ff%",
        ])
    func exactTarget(_ target: String) async throws {
        let request = try await wire { $0.url = String($0.url.dropLast()) + target }
        #expect(request.lines.first == "GET \(target) HTTP/1.1")
    }

    @Test func anURLWithoutAPathAsksForTheRoot() async throws {
        #expect(try await wire { $0.url = String($0.url.dropLast()) }.lines.first == "GET / HTTP/1.1")
        #expect(try await wire { $0.url = String($0.url.dropLast()) + "?a=b" }.lines.first == "GET /?a=b HTTP/1.1")
    }

    @Test func nothingIsAddedToAGET() async throws {
        let request = try await wire { _ in }
        #expect(request.head == "GET / HTTP/1.1\r\nHost: \(host(request))\r\n\r\n")
        #expect(host(request).hasPrefix("127.0.0.1:"))
    }

    @Test func headersAreSentAsTheyAreInTheirOrder() async throws {
        let request = try await wire {
            $0.headers = [
                "z-last": "1", "Authorization": "Digest username=\"a/b\", response=c", "A": " two  spaces ",
                "a": "again", "empty": "", "blank": "  ", "utf": "é ☃", "Accept": "*/*",
                "content-type": "text/x;q=\"1\"",
                "User-Agent": "test", "tab": "a\tb", "x-semicolon": ";",
            ]
        }
        #expect(
            request.lines == [
                "GET / HTTP/1.1", "Host: \(host(request))", "z-last: 1",
                "Authorization: Digest username=\"a/b\", response=c", "A:  two  spaces ", "a: again", "empty:",
                "blank:", "utf: é ☃", "Accept: */*", "content-type: text/x;q=\"1\"", "User-Agent: test", "tab: a\tb",
                "x-semicolon: ;",
            ])
    }

    @Test func theHostHeaderCanBeGiven() async throws {
        let request = try await wire { $0.headers = ["Host": "other.example.org", "a": "b"] }
        #expect(request.lines == ["GET / HTTP/1.1", "Host: other.example.org", "a: b"])
    }

    @Test("Bodies have their length", arguments: ["PUT", "POST", "PATCH", "GET", "DELETE", "PROPFIND"])
    func bodies(_ method: String) async throws {
        let body = pattern(100_000)
        let request = try await wire {
            $0.method = HTTPMethod(rawValue: method)
            $0.body = .bytes(body)
        }
        let expected = ["\(method) / HTTP/1.1", "Host: \(host(request))", "Content-Length: 100000"]
        #expect(request.lines == expected)
        #expect(request.body == body)
    }

    @Test("No body is announced where one is expected", arguments: ["PUT", "POST", "PATCH"])
    func emptyBodies(_ method: String) async throws {
        let request = try await wire { $0.method = HTTPMethod(rawValue: method) }
        #expect(request.lines == ["\(method) / HTTP/1.1", "Host: \(host(request))", "Content-Length: 0"])
    }

    @Test("Other methods without a body", arguments: ["DELETE", "OPTIONS", "TRACE", "x-own", "get"])
    func otherMethods(_ method: String) async throws {
        let request = try await wire { $0.method = HTTPMethod(rawValue: method) }
        #expect(request.head == "\(method) / HTTP/1.1\r\nHost: \(host(request))\r\n\r\n")
    }

    @Test func aHEADHasNoBodyWhateverItsLength() async throws {
        let server = try ScriptedServer.answering { _ in
            "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\nETag: \"a\"\r\n\r\n"
        }
        try await withClient { client in
            for _ in 0..<2 {
                let response = try await client.send(HTTPRequest(.head, server.origin + "/a"), bodyLimit: 0)
                #expect(response.status == 200)
                #expect(response.headers["content-length"] == "5000000")
                #expect(response.headers["etag"] == "\"a\"")
                #expect(response.body == [])
            }
        }
        #expect(server.acceptedConnections == 1)
    }

    @Test func aRequestThatWantsItWaitsForTheServersConsent() async throws {
        let served = Shared<[String]>([])
        let server = try ScriptedServer { connection in
            guard let head = try connection.readHead() else { return }
            served.withLock { $0.append(head) }
            try connection.send("HTTP/1.1 100 Continue\r\nx-interim: 1\r\n\r\n")
            let body = try connection.read(count: 3)
            served.withLock { $0.append("\(body)") }
            try connection.send(ok("done"))
        }
        var request = HTTPRequest(.put, server.origin, headers: ["Expect": "100-continue"], body: .bytes([1, 2, 3]))
        request.timeouts.total = .seconds(120)
        let sent = request
        let response = try await withClient { try await $0.send(sent, bodyLimit: 10) }
        #expect(response.text == "done")
        #expect(response.headers["x-interim"] == nil)
        #expect(served.value.last == "[1, 2, 3]")
        #expect(served.value.first?.contains("Expect: 100-continue\r\n") == true)
    }

    @Test("What cannot be sent is refused before anything is sent")
    func invalidRequests() async throws {
        let server = try ScriptedServer.answering { _ in ok() }
        let url = server.origin + "/?secret=1"
        let requests = [
            HTTPRequest(HTTPMethod(rawValue: "GE T"), url), HTTPRequest(HTTPMethod(rawValue: ""), url),
            HTTPRequest(HTTPMethod(rawValue: "CONNECT"), url), HTTPRequest(HTTPMethod(rawValue: "GET\r\nx: y"), url),
            HTTPRequest(.get, url, headers: ["a b": "c"]), HTTPRequest(.get, url, headers: ["": "c"]),
            HTTPRequest(.get, url, headers: ["a:": "c"]), HTTPRequest(.get, url, headers: ["a": "b\r\nc: secret"]),
            HTTPRequest(.get, url, headers: ["a": "b\nc"]), HTTPRequest(.get, url, headers: ["a": "b\0"]),
            HTTPRequest(.get, url, headers: ["content-length": "1"]),
            HTTPRequest(.put, url, headers: ["Transfer-Encoding": "chunked"]),
            HTTPRequest(.head, url, body: .bytes([1])),
            HTTPRequest(.put, url, body: .file(path: "/etc/hosts", offset: -1, length: 1)),
            HTTPRequest(.put, url, body: .file(path: "/etc/hosts", offset: 0, length: -1)),
        ]
        try await withClient { client in
            for request in requests {
                let error = try await httpError { _ = try await client.send(request, bodyLimit: 10) }
                #expect(error?.code == .invalidRequest, "\(request)")
                #expect(error?.mayHaveReachedServer == false)
                #expect(error.map { "\($0)\(String(reflecting: $0))".contains("secret") } == false)
            }
        }
        #expect(server.acceptedConnections == 0)
    }
}
