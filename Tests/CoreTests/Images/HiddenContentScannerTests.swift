import Core
import ImageFixtures
import Testing

@Suite struct HiddenContentScannerTests {
    private func finding(_ pieces: [[UInt8]]) -> ContentError? {
        var scanner = HiddenContentScanner()
        for piece in pieces { scanner.scan(piece) }
        return scanner.finding
    }

    @Test(arguments: [
        "<script>", "<SCRIPT src=", "<?php ", "<!DocType HTML", "<html>", "<svg/onload", "<iframe/", "Rar!\u{1A}\u{7}",
    ])
    func marksAreFoundWhereverThePiecesAreCut(_ mark: String) {
        let bytes = [UInt8](repeating: 0x3C, count: 40) + Array(mark.utf8) + [UInt8](repeating: 7, count: 40)
        for cut in 0...bytes.count {
            #expect(finding([Array(bytes[..<cut]), Array(bytes[cut...])]) != nil, "cut at \(cut)")
        }
        #expect(finding(bytes.map { [$0] }) != nil)
    }

    /// Eight bytes are looked at together: what is beside a mark hides it from nobody.
    @Test(arguments: [
        Array("<script>".utf8), Array("<?php ".utf8), Array("Rar!\u{1A}\u{7}".utf8),
        [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C],
    ])
    func marksAreFoundAtEveryPlaceAmongBytesOfAnyKind(_ mark: [UInt8]) {
        var missed: [String] = []
        for filler in UInt8.min...UInt8.max {
            for place in 0..<17 {
                let end = [UInt8](repeating: filler, count: place) + mark
                let found = [end, end + [UInt8](repeating: filler, count: 17)].allSatisfy { finding([$0]) != nil }
                if !found { missed.append("\(place) times \(filler)") }
            }
        }
        #expect(missed == [])
    }

    @Test(arguments: ["<scripture", "<scrip", "<p>", "<?xpacket begin", "<rdf:RDF", "RAR!", "<?phpx", "<svg xmlns"])
    func whatIsNoMarkIsNotFound(_ text: String) {
        #expect(finding([[0, 1, 2] + Array(text.utf8) + [0xFF]]) == nil)
    }

    /// Random bytes, as compressed pixels are, hold nothing.
    @Test func pixelsAreNoMarks() {
        var random = FixtureRandom(seed: 7)
        var scanner = HiddenContentScanner()
        for _ in 0..<64 { scanner.scan((0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }) }
        #expect(scanner.finding == nil)
    }

    /// What is between the beginning and the end of a large object is left to whoever streams it.
    @Test func scansAreBounded() throws {
        let middle = [UInt8](repeating: 0, count: 300_000)
        let bytes = RasterImages.jpeg(9, 9) + middle + Array("<script>".utf8) + middle
        #expect(ImageInspector.inspect(bytes).flaw?.code == .hidden)
        #expect(try ImageInspector.inspect(from: bytes, scanned: 100_000).flaw == nil)
        #expect(PiecewiseInspection.inspect(bytes, scanned: 100_000)?.flaw == nil)
        #expect(PiecewiseInspection.inspect(bytes)?.flaw?.code == .hidden)
    }
}
