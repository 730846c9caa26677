import Core
import Testing

/// Rows that are written as Amazon S3 writes them, or in any other way that the format allows, come back as they were.
@Suite struct InventoryRowPropertyTests {
    private static let pieces = [
        "a", "/", " ", "+", "%", "\"", ",", "\n", "\r", "é", "e\u{301}", "😀", "\u{10FFFF}", "=", ".jpg",
    ]

    private func randomObject(_ random: inout RowGenerator) -> ObjectSummary {
        let length = Int.random(in: 1...20, using: &random)
        let key = (0..<length).map { _ in Self.pieces.randomElement(using: &random) ?? "x" }
        let classes = ["STANDARD", "GLACIER", "INTELLIGENT_TIERING", nil]
        return ObjectSummary(
            key: ObjectKey(key.joined()), size: Int64.random(in: 0...1 << 44, using: &random),
            etag: ["d41d8cd98f00b204e9800998ecf8427e-7", "", "a,\"b"].randomElement(using: &random) ?? "",
            lastModified: Timestamp(microseconds: Int64.random(in: -1_000...1 << 50, using: &random)),
            storageClass: classes.randomElement(using: &random) ?? nil)
    }

    private func encoded(_ key: ObjectKey, _ random: inout RowGenerator) -> [UInt8] {
        let digits = Array((Bool.random(using: &random) ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        var bytes: [UInt8] = []
        for byte in key.string.utf8 {
            let mustBe = byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+")
            if byte == UInt8(ascii: " "), Bool.random(using: &random) {
                bytes.append(UInt8(ascii: "+"))
            } else if mustBe || Bool.random(using: &random) {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private func field(_ bytes: [UInt8], _ random: inout RowGenerator) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        let mustBe = bytes.contains { "\",\r\n".utf8.contains($0) }
        guard mustBe || Int.random(in: 0..<4, using: &random) > 0 else { return bytes }
        return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
    }

    private func row(_ object: ObjectSummary, _ random: inout RowGenerator) -> [UInt8] {
        let fields = [
            Array("b".utf8), encoded(object.key, &random), Array("\(object.size)".utf8),
            Array("\(object.lastModified.microseconds)".utf8), Array(object.etag.utf8),
            Array((object.storageClass ?? "").utf8),
        ].map { field($0, &random) }
        return Array(fields.joined(separator: [UInt8(ascii: ",")]))
    }

    @Test func rowsComeBackWhereverTheChunksAreCut() throws {
        for seed in 0..<500 as Range<UInt64> {
            var random = RowGenerator(seed: seed)
            let objects = (0..<Int.random(in: 0...30, using: &random)).map { _ in randomObject(&random) }
            var data: [UInt8] = []
            for (index, object) in objects.enumerated() {
                data += row(object, &random)
                let isLast = index == objects.count - 1
                let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
                if !isLast || Bool.random(using: &random) { data += Array(lineEnd.utf8) }
            }
            var chunks: [[UInt8]] = []
            var start = 0
            while start < data.count {
                let end = min(data.count, start + Int.random(in: 0...40, using: &random))
                chunks.append(Array(data[start..<end]))
                start = end
            }
            let result = try InventoryRows.parse(chunks)
            #expect(result.objects == objects, "seed \(seed)")
            #expect(result.counters.objects == objects.count && result.counters.rows == objects.count)
        }
    }

    /// Whatever the bytes are: an error or rows that can be objects, and the same however they are cut.
    @Test func damagedDataGivesAnErrorOrPossibleObjects() {
        for seed in 0..<3_000 as Range<UInt64> {
            var random = RowGenerator(seed: seed)
            var data = (0..<3).flatMap { _ in row(randomObject(&random), &random) + [UInt8(ascii: "\n")] }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<data.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: data[index] = UInt8.random(in: 0...255, using: &random)
                case 1: data.remove(at: index)
                default: data.insert(Array("\",\n\r%+\u{0}".utf8).randomElement(using: &random) ?? 0, at: index)
                }
            }
            let whole = Result { try InventoryRows.parse([data]).objects }
            let bytewise = Result { try InventoryRows.parse(data.map { [$0] }).objects }
            switch (whole, bytewise) {
            case (.success(let left), .success(let right)):
                #expect(left == right, "seed \(seed)")
                for object in left {
                    #expect((1...1_024).contains(object.key.length) && object.size >= 0)
                    #expect(!object.key.string.utf8.contains(0))
                }
            case (.failure(let left), .failure(let right)): #expect("\(left)" == "\(right)", "seed \(seed)")
            default: Issue.record("seed \(seed): cutting made a difference")
            }
        }
    }
}

/// Random numbers that come again with the same seed (SplitMix64).
struct RowGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
