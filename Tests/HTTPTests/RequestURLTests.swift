import Testing

@testable import HTTP

@Suite struct RequestURLTests {
    @Test func aURLIsSplitAndOtherwiseLeftAlone() throws {
        let url = try RequestURL("HTTPS://a.example:8443/x/../y?z=%2f")
        #expect(url.isSecure)
        #expect(url.authority == "a.example:8443")
        #expect(url.target == "/x/../y?z=%2f")
        #expect(url.shown == "HTTPS://a.example:8443/x/../y")
        #expect(try RequestURL("http://[::1]:80").target == "/")
        #expect(try RequestURL("http://h?x").target == "/?x")
        #expect(try RequestURL("http://h/?url=http://user@other/").authority == "h")
    }

    @Test(
        "What is no such URL is refused, and not shown",
        arguments: [
            "", "/secret", "secret.example/", "http:/secret", "http://", "http:///secret", "ftp://secret/",
            "file:///secret",
            "http://user:secret@h/", "http://h/#secret", "http://h/se cret", "http://h/sécret", "http://h/\nsecret",
            "http://h:/secret", "http://h:0/secret", "http://h:65536/secret", "http://h:8x/secret",
            "http://h:+8/secret",
            "http://[::1/secret", "http://h]/secret", "http://%68/secret", "http://a,secret/", "http:\\\\secret/",
            "http://:80/",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: HTTPError.self) { try RequestURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error.map { String(reflecting: $0).contains("cret") } == false)
    }

    @Test func whatIsShownHasNeitherQueryNorUserNorControlCharacters() {
        #expect(RequestURL.shown("https://u:secret@h:1/p/a?X-Signature=secret#secret") == "https://h:1/p/a")
        #expect(RequestURL.shown("https://h/a@b") == "https://h/a@b")
        #expect(RequestURL.shown("no url\r\nInjected: line") == "no url??Injected: line")
        #expect(RequestURL.shown("http://h/" + String(repeating: "a", count: 10_000)).count == 501)
    }

    @Test func addressesAreReadAndWritten() throws {
        for text in ["127.0.0.1", "::1", "2001:db8::1", "255.255.255.255", "::ffff:1.2.3.4"] {
            #expect(IPAddress(text)?.description == text)
        }
        for text in ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f.1", "::g", "fe80::1%eth0"] {
            #expect(IPAddress(text) == nil)
        }
        let four = try #require(IPAddress(bytes: [192, 0, 2, 1]))
        #expect(SocketAddress(address: four, port: 80).description == "192.0.2.1:80")
        let six = try #require(IPAddress("::1"))
        #expect(SocketAddress(address: six, port: 443).description == "[::1]:443")
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
    }
}
