import Gzip
import TestSupport
import Testing

@Suite struct GzipReaderTests {
    /// Decompresses pieces of `step` bytes; gives what came before the error, if there was one, and checks the bounds of pieces.
    private func decompress(
        _ data: [UInt8], step: Int = .max, limit: Int64 = 1 << 30, chunkLength: Int = 1 << 16
    ) throws -> (bytes: [UInt8], error: GzipError?) {
        var reader = try GzipReader(limit: limit, chunkLength: chunkLength)
        var bytes: [UInt8] = []
        do throws(GzipError) {
            var start = 0
            while start < data.count {
                let end = min(data.count, step == .max ? data.count : start + step)
                reader.feed(Array(data[start..<end]))
                while let piece = try reader.next() {
                    #expect(!piece.isEmpty && piece.count <= chunkLength)
                    bytes += piece
                }
                start = end
            }
            try reader.finish()
            return (bytes, nil)
        } catch {
            return (bytes, error)
        }
    }

    private func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...15, using: &generator) }
    }

    @Test(arguments: [0, 1, 2, 1_000, 65_535, 65_536, 300_000], [1, 7, 4_096, .max])
    func contentsComeBackHoweverTheDataIsCut(length: Int, step: Int) throws {
        let contents = random(length, seed: UInt64(length))
        let result = try decompress(gzipped(contents), step: step, chunkLength: step == 1 ? 1_000 : 65_536)
        #expect(result.error == nil && result.bytes == contents)
    }

    @Test(arguments: [1, 3, .max])
    func membersInARowAreOneStream(step: Int) throws {
        let parts = [random(1_000, seed: 1), [], random(70_000, seed: 2), [], [7]]
        let data = try parts.flatMap { try gzipped($0) }
        let result = try decompress(data, step: step, chunkLength: 512)
        #expect(result.error == nil && result.bytes == parts.flatMap { $0 })
    }

    @Test func everyTruncationIsFound() throws {
        let contents = random(300, seed: 3)
        let one = try gzipped(contents)
        for length in 0..<one.count {
            let result = try decompress(Array(one[..<length]), step: 11)
            #expect(result.error?.code == .truncated, "\(length)")
            #expect(contents.starts(with: result.bytes))
        }
        for length in one.count + 1..<2 * one.count {
            #expect(try decompress(Array((one + one)[..<length])).error?.code == .truncated, "\(length)")
        }
        #expect(try decompress([]).error?.message.contains("empty") == true)
    }

    @Test(arguments: [[0], Array("behind the member".utf8), [0x1F, 0x8B, 0xFF, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
    func whatIsNoMemberBehindAMemberIsRefused(garbage: [UInt8]) throws {
        let contents = random(1_000, seed: 4)
        let result = try decompress(gzipped(contents) + garbage)
        #expect(result.error != nil && contents.starts(with: result.bytes))
    }

    @Test func otherFormatsAreCorrupt() throws {
        let zlib: [UInt8] = [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]
        for data in [Array("Bucket,Key\n".utf8), zlib, [UInt8](repeating: 0, count: 100), Array("PK\u{3}\u{4}".utf8)] {
            #expect(try decompress(data).error?.code == .corrupt)
        }
    }

    /// The checksum finds each that matters; a few bits mean nothing: time and system in the header, padding at the end.
    @Test func flippedBitsNeverGiveOtherContents() throws {
        let contents = random(500, seed: 5)
        let data = try gzipped(contents)
        var refused = 0
        for index in data.indices {
            for bit in 0..<8 {
                var flipped = data
                flipped[index] ^= 1 << bit
                let result = try decompress(flipped, step: 64)
                if result.error == nil {
                    #expect(result.bytes == contents, "\(index).\(bit)")
                } else {
                    refused += 1
                }
            }
        }
        #expect(refused >= (data.count - 12) * 8)
    }

    @Test func randomBytesBehindAHeaderEndInAnErrorOfBoundedSize() throws {
        let header = Array(try gzipped([])[..<10])
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let result = try decompress(header + noise, step: 50, limit: 1_000_000)
            #expect(result.error != nil && result.bytes.count <= 1_000_000)
        }
    }

    @Test func bombStopsAtTheLimit() throws {
        let bomb = try gzipped([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 60_000)
        let result = try decompress(bomb, limit: 1_000_000, chunkLength: 65_536)
        #expect(result.error?.code == .tooLarge && result.bytes.count <= 1_000_000)
        #expect(try decompress(bomb, limit: 50_000_000).bytes.count == 50_000_000)
    }

    @Test func errorIsThrownAgain() throws {
        var reader = try GzipReader(limit: 100)
        reader.feed(Array("no gzip".utf8))
        #expect(throws: GzipError.self) { try reader.next() }
        reader.feed(try gzipped([1]))
        #expect(throws: GzipError.self) { try reader.next() }
        #expect(throws: GzipError.self) { try reader.finish() }
    }

    @Test func inputThatWasNotReadCountsAsNotRead() throws {
        var reader = try GzipReader(limit: 100)
        reader.feed(try gzipped([1]))
        #expect(throws: GzipError.self) { try reader.finish() }
    }
}
