import Core
import ImageFixtures
import Testing

@Suite struct SVGTests {
    @Test(arguments: SVGImages.active.map(\.content)) func whatCouldRunOrLoadIsActive(_ content: String) {
        let inspection = ImageInspector.inspect(Array(SVGImages.svg("", content).utf8))
        #expect(inspection.format == .svg && inspection.flaw?.code == .active)
    }

    @Test(arguments: SVGImages.harmless) func picturesAreGood(_ content: String) {
        #expect(ImageInspector.inspect(Array(SVGImages.svg("", content).utf8)).flaw == nil)
    }

    @Test(arguments: [
        "<svg a='1' a='2'/>", "<svg a=1/>", "<svg><g></svg></g>", "<svg/><svg/>", "<svg>]]></svg>",
        "<svg><!-- -- --></svg>",
        "<svg a='<'/>", "<svg>&#0;</svg>", "<svg>&#xD800;</svg>", "<svg>&#99999999999;</svg>", "<svg>&a;</svg>",
        "<svg>&</svg>",
        "<svg/>text", "<svg", "<svg>", "<svg/><!DOCTYPE svg>", "<svg><?xml version='1.0'?></svg>", "<svg\u{1}/>",
        "<svg><![CDATA[</svg>", "<svg a='1'b='2'/>",
    ])
    func brokenDocumentsAreMalformed(_ text: String) {
        let inspection = ImageInspector.inspect(Array(text.utf8))
        #expect(inspection.flaw != nil || inspection.format != .svg)
    }

    @Test func largeDocumentsAreNotRead() throws {
        let source = TrapSource(
            Array(SVGImages.svg().utf8) + [UInt8](repeating: 0x20, count: 70_000), claimedSize: 5 << 20)
        #expect(try ImageInspector.inspect(from: source).flaw?.code == .unsupported)
        #expect(source.bytesRead < 1 << 20)
    }
}
