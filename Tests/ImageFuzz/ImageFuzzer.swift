internal import Core
internal import ImageFixtures

/// Looks for bytes at which inspection reads past their end, does not end, or contradicts itself.
struct ImageFuzzer {
    private(set) var executions = 0
    /// How many of them were inspected without a flaw.
    private(set) var accepted = 0
    private var random: FixtureRandom
    private let corpus = ImageCorpus.all.map(\.bytes) + HostileFiles.all.map(\.bytes).filter { $0.count < 4_096 }

    /// The inputs that follow from this seed.
    init(seed: UInt64) { random = FixtureRandom(seed: seed) }

    /// Tries the corpus as it is. Gives what is wrong; nil where nothing is.
    mutating func checkCorpus() -> String? {
        for bytes in corpus {
            if let finding = check(bytes) { return finding }
        }
        return nil
    }

    /// Tries one more input. Gives what is wrong; nil where nothing is.
    mutating func step() -> String? {
        var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
        if bytes.count > 4_096 {
            // Of long ones mostly the beginning, so that there are many.
            if Int.random(in: 0..<100, using: &random) > 0 { bytes.removeSubrange(2_048...) }
        }
        let other = corpus[Int.random(in: 0..<corpus.count, using: &random)].prefix(4_096)
        for _ in 0..<Int.random(in: 1...6, using: &random) { damage(&bytes, with: other) }
        return check(bytes)
    }

    private mutating func damage(_ bytes: inout [UInt8], with other: ArraySlice<UInt8>) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0...16, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        case 4: bytes.removeSubrange(place...)
        case 5:
            let start = Int.random(in: 0...other.count, using: &random)
            let length = Int.random(in: 0...64, using: &random)
            bytes.insert(contentsOf: other.dropFirst(start).prefix(length), at: place)
        case 6:
            for index in place..<end { bytes[index] = 0xFF }
        case 7:
            // Numbers at which arithmetic ends, over what is there.
            let number = Self.numbers[Int.random(in: 0..<Self.numbers.count, using: &random)]
            for (index, byte) in number.enumerated() where place + index < bytes.count { bytes[place + index] = byte }
        default: bytes.insert(contentsOf: Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)], at: place)
        }
    }

    private mutating func check(_ bytes: [UInt8]) -> String? {
        executions += 1
        let source = WatchedBytes(bytes)
        guard let inspection = try? ImageInspector.inspect(from: source) else { return shown("it throws", bytes) }
        if let range = source.violation { return shown("it reads \(range) of \(bytes.count)", bytes) }
        if inspection.flaw == nil { accepted += 1 }
        if let size = inspection.size, inspection.flaw == nil, size.width < 1 || size.height < 1 {
            return shown("it has a size of \(size)", bytes)
        }
        if inspection.flaw == nil, inspection.format.isRasterImage, inspection.size == nil {
            return shown("an image without a size is good", bytes)
        }
        if inspection.format == .svg, inspection.flaw == nil, let reason = SVGOracle.danger(in: bytes) {
            return shown("an SVG with \(reason) is good", bytes)
        }
        var pending = PendingInspection(size: Int64(bytes.count))
        for _ in 0..<10_000 {
            switch pending.next() {
            case .done(let other):
                return other == inspection ? nil : shown("in pieces it gives \(other), at once \(inspection)", bytes)
            case .read(let range):
                guard range.lowerBound >= 0, range.upperBound <= Int64(bytes.count), !range.isEmpty else {
                    return shown("it asks for \(range) of \(bytes.count)", bytes)
                }
                pending.supply(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
        }
        return shown("it does not end", bytes)
    }

    private func shown(_ finding: String, _ bytes: [UInt8]) -> String { "\(finding): \(bytes)" }

    private static let numbers: [[UInt8]] = [
        [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0x80],
        [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 8],
    ]

    private static let pieces: [[UInt8]] = [
        [0, 0, 0, 1, 0x6D, 0x65, 0x74, 0x61], [0xFF, 0xC0], [0xFF, 0xDA, 0, 2], Array("<svg ".utf8),
        Array("&#x6A;".utf8),
        Array("<script>".utf8), Array(" onload=\"1\"".utf8), Array("url(x)".utf8), Array("<![CDATA[".utf8),
        Array("]]>".utf8),
        Array("<!--".utf8), Array("-->".utf8), Array("<!DOCTYPE a [".utf8), Array("]>".utf8), Array("\\75".utf8),
        Array("/*".utf8),
        Array("*/".utf8), Array("<style>".utf8), Array("</style>".utf8), Array("PK\u{5}\u{6}".utf8), Array("Rar!".utf8),
        Array("href='a'".utf8), Array("\"".utf8), Array("'".utf8), Array("<g>".utf8), Array("</g>".utf8),
    ]
}
