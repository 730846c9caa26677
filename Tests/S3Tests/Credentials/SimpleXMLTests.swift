import Testing

@testable import S3

@Suite("The XML of the token service")
struct SimpleXMLTests {
    @Test("elements, attributes, references and the declaration are read")
    func documents() throws {
        let text =
            "\n<a x=\"1>2\" y='\"'><b> t&lt;&gt;&amp;&quot;&apos;&#65;&#x42; </b>\n<c/><ns:d >é</ns:d><e></e></a>\n"
        let texts = try #require(SimpleXML(Array("<?xml version=\"1.0\"?>\(text)".utf8))?.texts)
        #expect(texts == ["a/b": " t<>&\"'AB ", "a/c": "", "a/ns:d": "é", "a/e": ""])
        #expect(SimpleXML(Array("<r/>".utf8))?.texts == ["r": ""])
    }

    @Test(
        "everything else is refused",
        arguments: [
            "", " ", "text", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a><b/>text</a>",
            "<a>text<b/></a>",
            "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<a><!-- c --></a>",
            "<a><![CDATA[x]]></a>",
            "<a><?pi x?></a>", "<a>&e;</a>", "<a>&amp</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#99999999999;</a>",
            "<a><b>1</b><b>2</b></a>", "<a", "<a x=\">", "< a/>", "<a x='<'/>", "<a></a", "<?xml ", "<a\u{1}/>",
            String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
        ])
    func refused(text: String) {
        #expect(SimpleXML(Array(text.utf8)) == nil)
    }

    @Test("bytes that are not UTF-8 are refused")
    func notText() {
        #expect(SimpleXML(Array("<a>".utf8) + [0xff] + Array("</a>".utf8)) == nil)
    }

    @Test(
        "times are read as services print them",
        arguments: [
            ("2027-01-15T08:00:00Z", 1_800_000_000), ("2027-01-15T08:00:00.999Z", 1_800_000_000),
            ("2027-01-15T10:00:00+02:00", 1_800_000_000), ("2027-01-15T03:30:00-0430", 1_800_000_000),
            ("2027-01-15 08:00:00+00:00", 1_800_000_000), ("1970-01-01T00:00:00Z", 0),
        ] as [(String, Int64)])
    func times(text: String, seconds: Int64) {
        #expect(CredentialTime.parse(text)?.seconds == seconds)
    }

    @Test(
        "other times are none",
        arguments: [
            "", "2027", "2027-01-15", "2027-01-15T08:00:00", "2027-02-30T08:00:00Z", "2027-01-15T25:00:00Z",
            "1800000000",
            "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00+2", "2027-01-15T08:00:00+99:00", "2027-01-15T08:00:00Zx",
            "1970-01-01T00:00:00+01:00", "2027/01/15T08:00:00Z", "aaaa-bb-ccTdd:ee:ffZ",
        ])
    func noTimes(text: String) {
        #expect(CredentialTime.parse(text) == nil)
    }
}
