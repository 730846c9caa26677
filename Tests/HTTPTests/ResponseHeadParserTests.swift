import Testing

@testable import HTTP

@Suite struct ResponseHeadParserTests {
    func parse(_ lines: [String], maximum: Int = 1000) -> (ResponseHeadParser, [ResponseHeadParser.Event]) {
        var parser = ResponseHeadParser(maximumSize: maximum)
        let events = lines.map { line in
            Array((line + "\r\n").utf8).withUnsafeBytes { parser.consume($0) }
        }
        return (parser, events)
    }

    @Test func interimHeadsArePassedOverAndTrailersIgnored() {
        let (parser, events) = parse([
            "HTTP/1.1 103 Early Hints", "link: a", "", "HTTP/1.1 100 Continue", "", "HTTP/1.1 206 Partial Content",
            "a:b",
            "A: \t c \t", "", "trailer: x", "",
        ])
        #expect(events == Array(repeating: .none, count: 8) + [.complete, .none, .none])
        #expect(parser.status == 206)
        #expect(parser.headers.fields.map(\.value) == ["b", "c"])
        #expect(parser.headers.values("a") == ["b", "c"])
    }

    @Test func foldedLinesContinueTheValue() {
        let (parser, _) = parse(["HTTP/1.1 200", "a: b", "  c", "\td", ""])
        #expect(parser.headers["A"] == "b c d")
    }

    @Test func theSizeOfAllHeadsTogetherIsBounded() {
        let (_, events) = parse(["HTTP/1.1 100 Continue", "", "HTTP/1.1 200 OK", "a: 0123456789", ""], maximum: 50)
        #expect(events.contains(.tooLarge))
        #expect(!events.contains(.complete))
    }

    @Test func lengthsAreAnnouncedOnlyWhereABodyFollows() {
        let (parser, _) = parse(["HTTP/1.1 200 OK", "Content-Length: 7", ""])
        #expect(parser.announcedLength(isHead: false) == 7)
        #expect(parser.announcedLength(isHead: true) == nil)
        #expect(parse(["HTTP/1.1 304 Not Modified", "content-length: 7", ""]).0.announcedLength(isHead: false) == nil)
        let chunked = ["HTTP/1.1 200 OK", "content-length: 7", "transfer-encoding: chunked", ""]
        #expect(parse(chunked).0.announcedLength(isHead: false) == nil)
    }

    @Test(
        "Nonsense is no crash",
        arguments: ["", ":", "HTTP/1.1", "HTTP/1.1 x", " ", "a", "HTTP/1.1 99999999999999999999"])
    func nonsense(_ line: String) {
        let (parser, events) = parse([line, line, "", line, ""])
        #expect(events.count == 5)
        #expect(parser.status >= 0)
    }
}
