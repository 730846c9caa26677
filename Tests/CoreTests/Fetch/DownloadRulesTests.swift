import Core
import Testing

@Suite struct DownloadRulesTests {
    private func code(_ url: String, _ rules: DownloadRules = DownloadRules()) -> DownloadError.Code? {
        do throws(DownloadError) {
            try rules.admit(try UntrustedURL(url))
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "Addresses of the inside are refused before anything is asked",
        arguments: [
            "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "169.254.169.254",
            "169.254.170.2", "100.64.0.1", "100.100.100.200", "168.63.129.16", "0.0.0.0", "0.1.2.3", "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::]", "[2001::1]",
            "[2001:10::1]",
            "[2001:20::1]", "[2001:db8::1]", "[100::1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]",
            "[ff02::1]",
            "[4000::1]", "[3fff::1]", "[5f00::1]",
        ])
    func inside(_ host: String) {
        #expect(code("https://\(host)/latest/meta-data/") == .refusedAddress)
    }

    @Test func schemesAndPortsAreTheOperatorsWord() throws {
        #expect(code("https://example.com/") == nil)
        #expect(code("https://example.com:80/") == nil)
        #expect(code("http://example.com/") == .refusedURL)
        #expect(code("https://example.com:22/") == .refusedURL)
        #expect(code("https://8.8.8.8/") == nil)
        let rules = try DownloadRules(environment: [
            "S3CACHE_FETCH_HTTP": "on", "S3CACHE_FETCH_PORTS": "443, 8443", "S3CACHE_FETCH_NETWORKS": "10.2.0.0/16,::1",
        ])
        #expect(code("http://example.com:443/", rules) == nil && code("https://example.com:8443/", rules) == nil)
        #expect(code("http://example.com/", rules) == .refusedURL)
        #expect(code("https://10.2.3.4/", rules) == nil && code("https://[::1]/", rules) == nil)
        #expect(code("https://10.3.3.4/", rules) == .refusedAddress)
        #expect(
            try DownloadRules(environment: ["S3CACHE_FETCH_PORTS": " ", "S3CACHE_FETCH_HTTP": ""]) == DownloadRules())
    }

    @Test(
        "An environment that cannot be followed is refused by its name",
        arguments: [
            ("S3CACHE_FETCH_HTTP", "maybe"), ("S3CACHE_FETCH_PORTS", "443,0"), ("S3CACHE_FETCH_PORTS", "https"),
            ("S3CACHE_FETCH_PORTS", "65536"), ("S3CACHE_FETCH_NETWORKS", "10.2.0.1/16"),
            ("S3CACHE_FETCH_NETWORKS", "lan"),
        ])
    func badEnvironment(_ variable: String, _ value: String) throws {
        let error = try #require(throws: DownloadError.self) {
            _ = try DownloadRules(environment: [variable: value])
        }
        #expect(error.code == .configurationInvalid && error.message.contains(variable))
    }

    @Test func redirectsAreJudgedLikeTheFirstURL() throws {
        var rules = DownloadRules()
        rules.allowsPlainHTTP = true
        func follow(_ locations: String..., from url: String = "https://a.example/x", limit: Int = 5) -> DownloadError
            .Code?
        {
            do throws(DownloadError) {
                var trail = try RedirectTrail(try UntrustedURL(url), rules: rules, limit: limit)
                for location in locations { try trail.follow([location]) }
                return nil
            } catch {
                return error.code
            }
        }
        #expect(follow("/1", "/2", "/3", "/4", "/5") == nil)
        #expect(follow("/1", "/2", "/3", "/4", "/5", "/6") == .redirects)
        #expect(follow("/1", limit: 0) == .redirects)
        #expect(follow("/x") == .redirects && follow("/1", "/x#again") == .redirects)
        #expect(follow("http://a.example/y") == .redirects)
        #expect(follow("http://a.example/y", from: "http://a.example/x") == nil)
        #expect(follow("https://a.example/y", "http://a.example/z", from: "http://a.example/x") == .redirects)
        #expect(follow("file:///etc/passwd") == .redirects && follow("gopher://a.example/") == .redirects)
        #expect(follow("https://user@a.example/") == .redirects && follow("//0x7f.1/") == .redirects)
        #expect(
            follow("https://169.254.169.254/") == .refusedAddress && follow("//[::ffff:127.0.0.1]/") == .refusedAddress)
        #expect(follow("https://a.example:22/") == .refusedURL)
        var trail = try RedirectTrail(try UntrustedURL("https://a.example/x"), rules: rules, limit: 5)
        for locations in [[], ["/1", "/2"]] {
            #expect(throws: DownloadError.self) { try trail.follow(locations) }
        }
        try trail.follow(["/1", "/1"])
        #expect(trail.url.text == "https://a.example/1")
    }

    @Test("Every code says whether another attempt may help", arguments: DownloadError.Code.allCases)
    func retries(_ code: DownloadError.Code) {
        let again: Set<DownloadError.Code> = [.unresolved, .unreachable, .interrupted, .stalled, .timeout, .exhausted]
        let failure = JobFailure(from: DownloadError(code, "…", status: 404))
        #expect(failure.isRetryable == again.contains(code) && failure.code.hasPrefix("fetch_"))
        #expect(
            DownloadError(.status, "…", status: 503).isRetryable && DownloadError(.status, "…", status: 429).isRetryable
        )
    }
}
