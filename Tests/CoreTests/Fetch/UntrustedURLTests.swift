import Core
import Glibc
import TestSupport
import Testing

@Suite struct UntrustedURLTests {
    @Test(
        "One form for all ways to write a URL",
        arguments: [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://Example.COM:443/a", "https://example.com/a"),
            ("http://example.com:80/", "http://example.com/"),
            ("https://example.com:/a", "https://example.com/a"),
            ("https://example.com./a", "https://example.com/a"),
            ("https://example.com:8443/a", "https://example.com:8443/a"),
            ("https://example.com?x=1#top", "https://example.com/?x=1"),
            ("https://example.com/a#b#c?d", "https://example.com/a"),
            ("https://example.com/a b/ü.png?q=ä", "https://example.com/a%20b/%C3%BC.png?q=%C3%A4"),
            ("https://example.com/a%20b%2F?x=%41", "https://example.com/a%20b%2F?x=%41"),
            ("https://example.com/a/./b/../c", "https://example.com/a/c"),
            ("https://example.com/../../c", "https://example.com/c"),
            ("https://example.com/a/%2e%2E/c/..", "https://example.com/"),
            ("https://example.com/a/%2E", "https://example.com/a/"),
            ("https://example.com//a//b", "https://example.com//a//b"),
            ("https://example.com/a\\b", "https://example.com/a%5Cb"),
            ("https://example.com/@a:b", "https://example.com/@a:b"),
            ("https://example.com/?u=http://127.0.0.1/@", "https://example.com/?u=http://127.0.0.1/@"),
            ("https://a_b.xn--bcher-kva.example/", "https://a_b.xn--bcher-kva.example/"),
            ("https://93.184.215.14/", "https://93.184.215.14/"),
            ("https://[2606:4700:0:0::1111]:443/", "https://[2606:4700::1111]/"),
            ("https://localhost/", "https://localhost/"),
            ("https://0x7f.example/", "https://0x7f.example/"),
            ("https://1.2.3.4.example/", "https://1.2.3.4.example/"),
        ])
    func normal(_ text: String, _ expected: String) throws {
        let url = try UntrustedURL(text)
        #expect(url.text == expected)
        #expect(try UntrustedURL(url.text) == url)
    }

    @Test(
        "What could be understood in two ways, or is no URL, is refused",
        arguments: [
            "", " ", "example.com", "//example.com/", "/a", "https:", "https:/", "https://", "https:///a",
            "https:example.com",
            "https:/example.com", "https:\\\\example.com", "https://?a", "https://#a", " https://example.com",
            "https://example.com ",
            // Schemes.
            "file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1/",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA", "ws://example.com/", "jar:https://example.com!/", "httpss://example.com",
            "s3://a/b",
            // Users, and what looks like them.
            "https://user@example.com/", "https://user:secret@example.com/", "https://example.com@127.0.0.1/",
            "https://example.com:80@127.0.0.1/", "https://@127.0.0.1/", "https://example.com\\@127.0.0.1/",
            "https://127.0.0.1\\.example.com/", "https://example.com%40127.0.0.1/",
            // IPv4 in the forms that inet_aton and others read.
            "https://2130706433/", "https://0x7f000001/", "https://0X7F000001/", "https://017700000001/",
            "https://127.1/",
            "https://127.0.1/", "https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://0x7f.1/", "https://127.0.0.01/",
            "https://127.0.0.0x1/", "https://00000177.0.0.1/", "https://127.0.0.1./", "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://0251.0376.0251.0376/", "https://169.254.43518/", "https://0/", "https://0x/", "https://0.0x/",
            "https://1.2.3.4.5/",
            "https://256.256.256.256/", "https://4294967296/", "https://99999999999999999999/",
            "https://127.0.0.1.:443/",
            // Digits, dots and letters that a name service may map.
            "https://１２７.０.０.１/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/", "https://ⓔxample.com/",
            "https://bücher.example/",
            "https://exam\u{00AD}ple.com/", "https://exam\u{200B}ple.com/",
            // Percent signs in the host.
            "https://%31%32%37.0.0.1/", "https://example%2ecom/", "https://127.0.0.1%00.example.com/",
            "https://%6cocalhost/",
            // IPv6.
            "https://[::1/", "https://::1/", "https://[127.0.0.1]/", "https://[::1%25eth0]/", "https://[fe80::1%eth0]/",
            "https://[::1]x/", "https://[]/", "https://[v1.a]/", "https://[[::1]]/", "https://[::1].example.com/",
            // Ports.
            "https://example.com:0/", "https://example.com:65536/", "https://example.com:+443/",
            "https://example.com:-1/",
            "https://example.com:4 43/", "https://example.com:443:80/", "https://example.com:0x50/",
            "https://example.com:000443/",
            // Names.
            "https://./", "https://../", "https://.example.com/", "https://a..b/", "https://exa mple.com/",
            "https://exa$mple.com/",
            "https://example.com..//", "https://\(String(repeating: "a", count: 64)).com/",
            "https://\(String(repeating: "abcdefg.", count: 32))com/", "https://a,b/", "https://a;b/", "https://a'b/",
            "https://*.com/",
            // Control characters, wherever they are.
            "https://example.com/\0", "https://example.com/\r\nHost: a", "https://exam\nple.com/",
            "https://example.com/\t",
            "ht\ntps://example.com/", "https://example.com/\u{7F}", "https://example.com/\u{85}",
            "https://example.com/\u{2028}",
            "https://example.com/?\u{A0}",
            "https://example.com/\(String(repeating: "a", count: 2_029))",
        ])
    func refused(_ text: String) throws {
        let error = try #require(throws: DownloadError.self) { _ = try UntrustedURL(text) }
        #expect(error.code == .badURL && !error.isRetryable)
        #expect(error.message.hasPrefix("The URL ") && error.message.hasSuffix("."))
        #expect(!error.message.contains("secret") && !error.message.contains("127.0.0.1"))
    }

    @Test func noNameThatIsReadIsAnAddressForTheSystem() throws {
        var random = SeededGenerator(seed: 5)
        let alphabet = [
            "0", "1", "7", "8", "9", "127", "0x7f", "0X", "x", "a", "f", ".", ".", ".", "-", ":", "[", "]", "%", "@",
            "\\", "#",
        ]
        var names = 0
        var addresses = 0
        for round in 0..<50_000 {
            // Every other one in parts, as addresses are.
            let isDotted = round.isMultiple(of: 2)
            let host = (0..<Int.random(in: 1...(isDotted ? 5 : 8), using: &random)).map { _ in
                alphabet[Int.random(in: 0..<(isDotted ? 8 : alphabet.count), using: &random)]
            }.joined(separator: isDotted ? "." : "")
            guard let url = try? UntrustedURL("https://\(host)/") else { continue }
            var read = in_addr()
            switch url.host {
            case .name(let name):
                names += 1
                #expect(inet_aton(name, &read) == 0, "\(host)")
            case .address(let address):
                addresses += 1
                #expect(!address.isIPv4 || inet_aton("\(address)", &read) == 1)
                #expect(host.hasPrefix("[") || withUnsafeBytes(of: read) { Array($0) } == address.bytes, "\(host)")
            }
            #expect(try UntrustedURL(url.text) == url)
        }
        #expect(names > 1_000 && addresses > 100)
    }

    @Test func theLongestURLIsRead() throws {
        let text = "https://example.com/" + String(repeating: "a", count: 2_028)
        #expect(try UntrustedURL(text).text == text)
    }

    /// RFC 3986, 5.4, and what servers send.
    @Test(
        "References are resolved as the RFC says",
        arguments: [
            ("g", "https://a.example/b/c/g"), ("./g", "https://a.example/b/c/g"), ("g/", "https://a.example/b/c/g/"),
            ("/g", "https://a.example/g"), ("//g.example", "https://g.example/"), ("?y", "https://a.example/b/c/d;p?y"),
            ("g?y", "https://a.example/b/c/g?y"), ("#s", "https://a.example/b/c/d;p?q"),
            ("g#s", "https://a.example/b/c/g"), (";x", "https://a.example/b/c/;x"), (".", "https://a.example/b/c/"),
            ("..", "https://a.example/b/"), ("../g", "https://a.example/b/g"), ("../..", "https://a.example/"),
            ("../../../g", "https://a.example/g"), ("/./g", "https://a.example/g"),
            ("g;x=1/../y", "https://a.example/b/c/y"),
            ("g?y/../x", "https://a.example/b/c/g?y/../x"), ("http://g.example/h", "http://g.example/h"),
            ("HTTPS://G.example", "https://g.example/"), ("/ä b", "https://a.example/%C3%A4%20b"),
        ])
    func references(_ reference: String, _ expected: String) throws {
        let base = try UntrustedURL("https://a.example/b/c/d;p?q")
        #expect(try base.resolving(reference).text == expected)
    }

    @Test(
        "References that lead nowhere are refused",
        arguments: [
            "", "https:g", "g:h", "//", "///a", "//user@g.example/", "//0x7f.1/", "https://", "\r\n/a", "//a\\b/",
            "file:///etc/passwd", "javascript:1", "/\(String(repeating: "a", count: 8_192))",
        ])
    func badReferences(_ reference: String) throws {
        let base = try UntrustedURL("https://a.example/b/c/d;p?q")
        #expect(throws: DownloadError.self) { _ = try base.resolving(reference) }
    }

    @Test func descriptionAndDumpHideTheQuery() throws {
        let url = try UntrustedURL("https://a.example/b?token=secret")
        var dumped = ""
        dump(url, to: &dumped)
        #expect(
            "\(url)" == "https://a.example/b" && !dumped.contains("secret")
                && !String(reflecting: url).contains("secret"))
    }
}
