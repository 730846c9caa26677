import Testing

@testable import SigV4

@Suite("Signer")
struct SignerTests {
    private static let time = Sample.time()

    @Test("the signature does not depend on order, case or spacing of headers, nor on the order of the query")
    func order() throws {
        var random = SeededGenerator(seed: 7)
        let signer = try Sample.signer(token: Sample.token)
        let headers = [
            HeaderField("x-amz-meta-a", "one two"), HeaderField("content-type", "image/jpeg"),
            HeaderField("range", "bytes=0-9"), HeaderField("x-amz-acl", "private"), HeaderField("x-amz-meta-b", ""),
        ]
        let query = [
            QueryItem("b", "2"), QueryItem("a", "2"), QueryItem("a", "10"), QueryItem("a b", "é"), QueryItem("A"),
        ]
        let request = try Sample.request(query: query, headers: headers)
        let authorization = try signer.headers(for: request, at: Self.time)
        let url = try signer.presign(request, expires: 60, at: Self.time)
        for _ in 0..<200 {
            var other = request
            other.query.shuffle(using: &random)
            other.headers = headers.shuffled(using: &random).map { field in
                let name = String(field.name.map { Bool.random(using: &random) ? Character($0.uppercased()) : $0 })
                return HeaderField(name, "  " + field.value.replacing(" ", with: " \t ") + " ")
            }
            #expect(try signer.headers(for: other, at: Self.time) == authorization)
            #expect(try signer.presign(other, expires: 60, at: Self.time) == url)
            #expect(other.url == request.url)
        }
    }

    @Test("repeated headers are joined in their order, repeated parameters sorted by value")
    func repeats() throws {
        let request = try Sample.request(
            query: [QueryItem("a", "b"), QueryItem("a", "B"), QueryItem("a")],
            headers: [HeaderField("x-amz-meta-a", "2"), HeaderField("X-Amz-Meta-A", "1")])
        let lines = try Sample.signer().trace(request, at: Self.time).canonicalRequest.split(separator: "\n")
        #expect(lines.contains("a=&a=B&a=b"))
        #expect(lines.contains("x-amz-meta-a:2,1"))
        #expect(lines.contains("host;x-amz-content-sha256;x-amz-date;x-amz-meta-a"))
    }

    @Test("an encoded name sorts before a longer one, whatever follows the '='")
    func sorting() throws {
        let request = try Sample.request(query: [QueryItem("a-b", "1"), QueryItem("a", "z"), QueryItem("a ", "2")])
        #expect(request.url.hasSuffix("?a=z&a%20=2&a-b=1"))
    }

    @Test("the scope follows the UTC day over midnight, leap day and year's end")
    func days() throws {
        let signer = try Sample.signer()
        for (before, after) in [
            ("20130524T235959Z", "20130525T000000Z"), ("20280228T235959Z", "20280229T000000Z"),
            ("20280229T235959Z", "20280301T000000Z"), ("20281231T235959Z", "20290101T000000Z"),
        ] {
            for text in [before, after] {
                let url = try signer.presign(try Sample.request(), expires: 60, at: Sample.time(text)).text
                #expect(url.contains("%2F\(text.prefix(8))%2Fus-east-1"))
                #expect(url.contains("X-Amz-Date=\(text)&"))
            }
            let keys = try [before, after].map { try signer.key(on: Sample.time($0).day).innerPad }
            #expect(keys[0] != keys[1])
        }
    }

    @Test("a lifetime is 1 second to 7 days", arguments: [Int.min, -1, 0, 604_801, Int.max])
    func expiry(_ expires: Int) throws {
        let signer = try Sample.signer()
        let request = try Sample.request()
        #expect {
            try signer.presign(request, expires: expires, at: Self.time)
        } throws: { error in
            (error as? SigningError)?.code == .invalidExpiry && "\(error)".contains("604800")
        }
        for good in [1, 604_800] {
            #expect(try signer.presign(request, expires: good, at: Self.time).text.contains("X-Amz-Expires=\(good)&"))
        }
    }

    @Test(
        "what the signer sets, or HTTP does not allow, is refused as a header",
        arguments: [
            HeaderField("Host", "a"), HeaderField("authorization", "a"), HeaderField("X-AMZ-DATE", "a"),
            HeaderField("x-amz-content-sha256", "a"), HeaderField("X-Amz-Security-Token", "a"), HeaderField("", "a"),
            HeaderField("a b", "a"), HeaderField("a:", "a"), HeaderField("é", "a"), HeaderField("a", "b\r\nc: d"),
            HeaderField("a", "b\u{0}"),
        ])
    func headers(_ field: HeaderField) throws {
        let request = try Sample.request(headers: [field])
        let signer = try Sample.signer()
        let isInvalid: (any Error) -> Bool = { ($0 as? SigningError)?.code == .invalidHeader }
        #expect { try signer.headers(for: request, at: Self.time) } throws: { isInvalid($0) }
        #expect { try signer.presign(request, expires: 60, at: Self.time) } throws: { isInvalid($0) }
    }

    @Test(
        "what the signer sets is refused as a query parameter of a presigned URL",
        arguments: ["X-Amz-Expires", "x-amz-signature", "X-AMZ-SECURITY-TOKEN", "X-Amz-SignedHeaders"])
    func parameters(_ name: String) throws {
        let request = try Sample.request(query: [QueryItem(name, "1")])
        #expect {
            try Sample.signer().presign(request, expires: 60, at: Self.time)
        } throws: { ($0 as? SigningError)?.code == .invalidQuery }
    }

    @Test("methods, regions and hosts that would change the request are refused")
    func shapes() throws {
        for method in ["", "GET /", "GET\n"] {
            #expect {
                try Sample.signer().headers(for: try Sample.request(method: method), at: Self.time)
            } throws: { ($0 as? SigningError)?.code == .invalidMethod }
        }
        for region in ["", "us/east", "us east", "us\n", "é"] {
            let credentials = try Credentials(accessKeyID: "a", secretAccessKey: "s")
            #expect {
                try Signer(credentials: credentials, region: region, service: "s3")
            } throws: { ($0 as? SigningError)?.code == .invalidScope }
        }
        for host in ["", "a/b", "user@host", "a b", "a?b", "é.example", "a\n"] {
            #expect { try Origin(scheme: .https, authority: host) } throws: {
                ($0 as? SigningError)?.code == .invalidOrigin
            }
        }
    }

    @Test("the signed host is lower-case and without the scheme's own port; the URL keeps what was given")
    func hosts() throws {
        let origin = try Origin(scheme: .https, authority: "S3.Example.ORG:443")
        #expect(origin.host == "s3.example.org")
        #expect(origin.description == "https://S3.Example.ORG:443")
        #expect(try Origin(scheme: .http, authority: "a:443").host == "a:443")
        #expect(try Origin(scheme: .http, authority: "a:80").host == "a")
        #expect(try Origin(scheme: .http, authority: "[::1]:9000").host == "[::1]:9000")
        #expect(try Origin(scheme: .http, authority: "[::80]").host == "[::80]")
    }

    @Test("a session token is signed, or added after signing, as the rules say")
    func token() throws {
        let late = SigningRules(canonicalPath: .asSent, sendsPayloadHash: true, signsSessionToken: false)
        let request = try Sample.request()
        let plain = try Sample.signer(rules: late).presign(request, expires: 60, at: Self.time).text
        let url = try Sample.signer(token: Sample.token, rules: late).presign(request, expires: 60, at: Self.time).text
        #expect(url.suffix(64) == plain.suffix(64))
        let parameter = "&X-Amz-Security-Token=" + PercentEncoding.encode(Sample.token)
        #expect(url.replacing(parameter, with: "") == plain)
        let signed = try Sample.signer(token: Sample.token).presign(request, expires: 60, at: Self.time).text
        #expect(signed.contains(parameter + "&X-Amz-SignedHeaders=host&X-Amz-Signature="))
        #expect(signed.suffix(64) != plain.suffix(64))
    }

    @Test("many threads at once sign as one does")
    func threads() async throws {
        let signer = try Sample.signer(token: Sample.token)
        let requests = try (0..<400).map { try Sample.request("/key \($0)/é", query: [QueryItem("n", "\($0)")]) }
        let expected = try requests.map { try signer.presign($0, expires: 60, at: Self.time) }
        try await withThrowingTaskGroup(of: [PresignedURL].self) { group in
            for _ in 0..<8 {
                group.addTask { try requests.map { try signer.presign($0, expires: 60, at: Self.time) } }
            }
            for try await urls in group { #expect(urls == expected) }
        }
    }

    @Test("long requests are signed, and leave no oversized memory behind for short ones")
    func long() throws {
        let signer = try Sample.signer()
        let huge = try Sample.request("/" + String(repeating: "é", count: 200_000))
        let small = try signer.presign(try Sample.request(), expires: 60, at: Self.time)
        #expect(try signer.presign(huge, expires: 60, at: Self.time).text.utf8.count > 1_200_000)
        #expect(try signer.presign(try Sample.request(), expires: 60, at: Self.time) == small)
    }
}
