import SigV4
import Testing

@testable import S3

/// Keys go over the wire once encoded, as they are signed, whatever is in them.
@Suite(.timeLimit(.minutes(15))) struct KeyEncodingTests {
    @Test(arguments: [
        ("..", "/bucket/.."), ("../a", "/bucket/../a"), ("a/./b", "/bucket/a/./b"), ("//", "/bucket///"),
        ("/a", "/bucket//a"),
        ("a//b/", "/bucket/a//b/"), ("a+b c", "/bucket/a%2Bb%20c"), ("100%", "/bucket/100%25"),
        ("%2F", "/bucket/%252F"),
        ("?x=1&y#z", "/bucket/%3Fx%3D1%26y%23z"), ("a\nb\r\t\u{1}\u{7F}", "/bucket/a%0Ab%0D%09%01%7F"),
        ("é", "/bucket/%C3%A9"), ("e\u{301}", "/bucket/e%CC%81"), ("😀", "/bucket/%F0%9F%98%80"),
        ("\u{FFFE}", "/bucket/%EF%BF%BE"),
        ("~-._!*'();:@&=$,[]", "/bucket/~-._%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%5B%5D"), ("\\", "/bucket/%5C"),
    ])
    func keys(_ key: String, _ path: String) async throws {
        try await Bench.use(answers: [Answer.response(204)]) { bench async throws in
            try await bench.client.deleteObject("bucket", key)
            #expect(bench.requests.lines == ["DELETE " + path])
        }
    }

    @Test func listingsEncodeTheirParameters() async throws {
        try await Bench.use(answers: [Answer.page("a%2Bb+c", "%F0%9F%98%80%0A", token: "t/+=&amp;")]) {
            bench async throws in
            let page = try await bench.client.listObjects(
                "bucket", prefix: "a+b /é&", startAfter: "x\n%", continuationToken: "t/+=&", maxKeys: 7)
            #expect(page.map(\.key) == ["a+b c", "😀\n"] && page.nextContinuationToken == "t/+=&")
            #expect(
                bench.requests.lines == [
                    "GET /bucket?continuation-token=t%2F%2B%3D%26&encoding-type=url&list-type=2&max-keys=7"
                        + "&prefix=a%2Bb%20%2F%C3%A9%26&start-after=x%0A%25"
                ])
            #expect(page.first?.lastModified == 1_704_067_200_250_000)
        }
    }
}
