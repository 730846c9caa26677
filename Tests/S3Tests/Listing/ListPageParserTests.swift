import Testing

@testable import S3

/// What both parsers make of pages. That they agree is the fuzzer's business.
@Suite struct ListPageParserTests {
    static let object =
        "<Contents><Key>k</Key><LastModified>2024-01-01T00:00:00Z</LastModified><ETag>e</ETag><Size>1</Size></Contents>"

    func page(_ content: String) -> [UInt8] {
        Array("<?xml version=\"1.0\"?><ListBucketResult>\(content)</ListBucketResult>".utf8)
    }

    func scanned(_ bytes: [UInt8]) -> S3ListPage? { ListPageCheck.scan(bytes) }

    @Test func everyFieldIsRead() throws {
        let page = try ListPageParser.parse(
            page(
                """
                <Name>bucket</Name><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType><Contents>\
                <Key>a%2Bb+%C3%A9%0A</Key><LastModified>2024-02-29T23:59:59.1234567Z</LastModified>\
                <ETag>&quot;d41d-2&quot;</ETag><Size>9223372036854775807</Size><StorageClass>GLACIER</StorageClass>\
                <Owner><ID>x</ID></Owner></Contents>\(Self.object)<NextContinuationToken>a+b%&amp;</NextContinuationToken>
                """))
        #expect(page.bucket == "bucket" && page.isTruncated && page.nextContinuationToken == "a+b%&")
        let expected = S3ListedObject(
            key: "a+b é\n", size: .max, etag: "d41d-2", lastModified: 1_709_251_199_123_456, storageClass: "GLACIER")
        #expect(page.first == expected)
        #expect(page.count == 2 && page[1].storageClass == nil)
        #expect(page.withKey(at: 0) { Array($0) } == Array("a+b é\n".utf8))
    }

    @Test func keysAreDecodedOnlyWhereTheServerSaysSo() throws {
        let content = "<IsTruncated>false</IsTruncated>" + Self.object.replacing(">k<", with: ">100%25+%zz<")
        #expect(try ListPageParser.parse(page(content)).first?.key == "100%25+%zz")
        #expect(throws: XMLFailure.self) {
            try ListPageParser.parse(page(content + "<EncodingType>url</EncodingType>"))
        }
    }

    @Test func whatTheScannerDoesNotKnowLibxml2Reads() throws {
        let unknown = [
            "<!-- c -->", "<?pi x?>", "<Extra a=\"b\"/>", "<Extra>a&#13;>b</Extra>", "\r\n",
            "<x:Extra xmlns:x=\"y\"><x:a/></x:Extra>", "<Extra><![CDATA[<]]></Extra>",
        ]
        for piece in unknown {
            let bytes = page(piece + "<IsTruncated>false</IsTruncated>" + Self.object)
            let isKnown = scanned(bytes) != nil
            #expect(!isKnown || piece.contains("&#13;"), "\(piece)")
            #expect(try ListPageParser.parse(bytes).map(\.key) == ["k"], "\(piece)")
        }
        let inKey = page(
            "<IsTruncated>false</IsTruncated>" + Self.object.replacing(">k<", with: "><![CDATA[a&]]>b<!-- c -->c<"))
        #expect(try ListPageParser.parse(inKey).first?.key == "a&bc")
    }

    @Test(
        "A page that breaks a rule is malformed, whoever reads it",
        arguments: [
            "", "<IsTruncated/>", "<IsTruncated>True</IsTruncated>", "<IsTruncated>1</IsTruncated>",
            "<IsTruncated>false</IsTruncated><IsTruncated>false</IsTruncated>",
            "<IsTruncated>true</IsTruncated>" + object,
            "<IsTruncated>true</IsTruncated><NextContinuationToken/>" + object,
            "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
            "<IsTruncated>false</IsTruncated><EncodingType>base64</EncodingType>",
            "<IsTruncated>false</IsTruncated>text", "<IsTruncated>false<b/></IsTruncated>",
            "<IsTruncated>false</IsTruncated><Name>a</Name><Name>a</Name>",
        ])
    func malformedPages(_ content: String) {
        #expect(scanned(page(content)) == nil)
        #expect(throws: XMLFailure.self) { try ListPageParser.parse(page(content)) }
    }

    @Test(
        "An object that breaks a rule is malformed",
        arguments: [
            ("<Key>k</Key>", ""), ("<Key>k</Key>", "<Key/>"), ("<Key>k</Key>", "<Key>k</Key><Key>k</Key>"),
            ("<Key>k</Key>", "<Key>k<b/></Key>"), ("<Size>1</Size>", ""), ("<Size>1</Size>", "<Size/>"),
            ("<Size>1</Size>", "<Size>-1</Size>"), ("<Size>1</Size>", "<Size>+1</Size>"),
            ("<Size>1</Size>", "<Size> 1</Size>"),
            ("<Size>1</Size>", "<Size>1.5</Size>"), ("<Size>1</Size>", "<Size>0x1</Size>"),
            ("<Size>1</Size>", "<Size>9223372036854775808</Size>"),
            ("<Size>1</Size>", "<Size>99999999999999999999</Size>"),
            ("<Size>1</Size>", "<Size>1</Size><Size>1</Size>"), ("<ETag>e</ETag>", "<ETag>e</ETag><ETag>e</ETag>"),
            ("2024-01-01T00:00:00Z", ""), ("2024-01-01T00:00:00Z", "2024-02-30T00:00:00Z"),
            ("2024-01-01T00:00:00Z", "2024-01-01T24:00:00Z"), ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00"),
            ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.Z"), ("2024-01-01T00:00:00Z", "2024-01-01 00:00:00Z"),
            ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00"), ("2024-01-01T00:00:00Z", "20240101T000000Z"),
            ("<Contents>", "<Contents>x"), ("<Contents>", "<Contents/>"),
        ])
    func malformedObjects(_ from: String, _ to: String) {
        let bytes = page("<IsTruncated>false</IsTruncated>" + Self.object.replacing(from, with: to))
        #expect(scanned(bytes) == nil)
        #expect(throws: XMLFailure.self) { try ListPageParser.parse(bytes) }
    }

    @Test func keysThatAreNotUTF8AreMalformed() {
        for key in ["%FF", "%C3", "%ED%A0%80", "%C0%AF", "%F4%90%80%80", "a%E2%82"] {
            let bytes = page(
                "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>"
                    + Self.object.replacing(">k<", with: ">\(key)<"))
            #expect(throws: XMLFailure.self, "\(key)") { try ListPageParser.parse(bytes) }
        }
        let raw = page("<IsTruncated>false</IsTruncated>" + Self.object)
        let damaged = raw.map { $0 == UInt8(ascii: "k") ? 0xFF : $0 }
        #expect(throws: XMLFailure.self) { try ListPageParser.parse(damaged) }
    }

    @Test func aPageThatIsCutAnywhereIsMalformed() {
        let whole = page("<Name>b</Name><IsTruncated>false</IsTruncated>" + Self.object + Self.object)
        for length in 0..<whole.count {
            #expect(throws: XMLFailure.self) { try ListPageParser.parse(Array(whole.prefix(length))) }
        }
        #expect(throws: Never.self) { try ListPageParser.parse(whole) }
    }

    @Test func hostileDocumentsAreMalformed() {
        let levels = (1...9).map { "<!ENTITY l\($0) \"" + String(repeating: "&l\($0 - 1);", count: 10) + "\">" }
        let list = "<ListBucketResult><IsTruncated>false</IsTruncated>"
        let end = "</ListBucketResult>"
        let documents = [
            "<!DOCTYPE a [<!ENTITY l0 \"lol\">\(levels.joined())]>\(list)<Name>&l9;</Name>\(end)",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\(list)<Name>&x;</Name>\(end)",
            "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\">\(list)\(end)", "<!DOCTYPE ListBucketResult>\(list)\(end)",
            list + String(repeating: "<a>", count: 100_000),
            list + String(repeating: "<a>", count: 40)
                + String(repeating: "</a>", count: 40) + end,
            list + "<Name>&undefined;</Name>" + end,
            list + "<Name>&#0;</Name>" + end,
            list + "<Name>]]></Name>" + end, list + end + "<a/>", list + end + "text", "<Error><Code>a</Code></Error>",
            "<html><body>Bad gateway</body></html>", "{\"json\": true}", "\u{0}",
            list + "<Name a=\"1\" a=\"2\"/>" + end,
        ]
        for document in documents {
            #expect(throws: XMLFailure.self, "\(document.prefix(200))") {
                try ListPageParser.parse(Array(document.utf8))
            }
        }
        let tooLong = Array((list + String(repeating: " ", count: 9 << 20) + end).utf8)
        #expect(throws: XMLFailure.self) { try ListPageParser.parse(tooLong) }
    }

    @Test func charactersThatXMLCannotCarryAreReadWhereServersWriteThem() throws {
        let truncated = "<IsTruncated>true</IsTruncated>" + Self.object
        let tokens = [
            ("&#x01;", "\u{1}"), ("a&#x1b;[&#31;b", "a\u{1B}[\u{1F}b"), ("\u{8}", "\u{8}"),
            ("&#x1;\u{E001}\u{E041}", "\u{1}\u{E001}\u{E041}"),
            ("x\u{FFFE}&#xFFFF;", "x\u{FFFE}\u{FFFF}"),
            ("&#x0d;\n&#x01;&amp;&#x7f;é", "\r\n\u{1}&\u{7F}é"),
        ]
        for (written, token) in tokens {
            let bytes = page(
                truncated + "<NextContinuationToken>\(written)</NextContinuationToken><StartAfter>&#x02;</StartAfter>")
            let result = try ListPageParser.parse(bytes)
            #expect(result.nextContinuationToken == token && result.map(\.key) == ["k"])
        }
        let inKey = page("<IsTruncated>false</IsTruncated>" + Self.object.replacing(">k<", with: ">&#x1;k\u{2}<"))
        #expect(try ListPageParser.parse(inKey).first?.key == "\u{1}k\u{2}")
    }

    @Test(
        "What only looks like it is malformed",
        arguments: [
            "&#0;", "&#x00;", "\u{0}", "&#xD800;", "&#x110000;", "&#x1", "&#x;", "&#-1;",
            "<![CDATA[&#x1;]]>&#x1;",
            "<!-- -->&#x1;",
        ])
    func beyondRepair(_ token: String) {
        let bytes = page(
            "<IsTruncated>true</IsTruncated>\(Self.object)<NextContinuationToken>\(token)</NextContinuationToken>")
        #expect(throws: XMLFailure.self) { try ListPageParser.parse(bytes) }
    }

    @Test func aThousandLongKeysAreOnePage() throws {
        let key = String(repeating: "%F0%9F%98%80", count: 256)
        let objects = String(repeating: Self.object.replacing(">k<", with: ">\(key)<"), count: 1_000)
        let bytes = page("<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>" + objects)
        let result = try #require(scanned(bytes))
        #expect(result.count == 1_000 && result.last?.key == String(repeating: "😀", count: 256))
        #expect(ListPageCheck.read(bytes) == result)
    }
}
