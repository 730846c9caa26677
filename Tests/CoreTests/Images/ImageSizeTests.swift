import Core
import ImageFixtures
import Testing

@Suite struct ImageSizeTests {
    @Test(arguments: ImageCorpus.all) func headersTellTypeAndSize(_ item: ImageCorpus.Item) throws {
        let inspection = ImageInspector.inspect(item.bytes)
        #expect(inspection.flaw == nil)
        #expect(inspection.format.rawValue == item.format)
        #expect(inspection.width == item.width && inspection.height == item.height)
        #expect(inspection.byteCount == Int64(item.bytes.count))
        #expect(inspection.mostPixels >= Int64(item.width) * Int64(item.height))
        let policy = ContentPolicy(maxPixels: .max, allowedTypes: FileFormat.rasterImages.union([.svg]))
        let accepted = try policy.check(inspection, key: ObjectKey("a.\(item.fileExtension)"))
        #expect(accepted.format == inspection.format && accepted.size == inspection.size)
    }

    /// However the file ends: an answer, never a byte behind the end, and no whole file where one is cut in its header.
    @Test(arguments: ImageCorpus.all.filter { $0.bytes.count < 4_096 }) func filesThatAreCutAnywhere(
        _ item: ImageCorpus.Item
    ) {
        var sizes: Set<PixelSize> = []
        for length in 0..<item.bytes.count {
            let source = TrapSource(Array(item.bytes.prefix(length)))
            let inspection = try? ImageInspector.inspect(from: source)
            #expect(source.violations.isEmpty, "\(length) of \(item.bytes.count) bytes")
            #expect(inspection != nil)
            if let size = inspection?.size { sizes.insert(size) }
            if inspection?.format.rawValue == item.format, length < 16 {
                #expect(inspection?.flaw != nil, "\(length) of \(item.bytes.count) bytes")
            }
        }
        // What a beginning tells stays true: no other sizes on the way.
        #expect(sizes.isSubset(of: [PixelSize(width: item.width, height: item.height)]))
    }

    @Test func widthTimesHeightNeverOverflows() {
        #expect(PixelSize(width: .max, height: 2).pixels == .max)
        #expect(PixelSize(width: 1 << 31, height: 1 << 31).pixels == 1 << 62)
    }

    @Test func objectsOfAnySizeAreReadInPieces() throws {
        let head = RasterImages.jpeg(640, 480)
        let source = TrapSource(head, followedByZeroes: 10 << 30)
        let inspection = try ImageInspector.inspect(from: source, scanned: 1 << 20)
        #expect(inspection.width == 640 && inspection.flaw == nil && inspection.byteCount > 10 << 30)
        #expect(source.violations.isEmpty)
        #expect(source.largestRead <= 64 * 1024 && source.bytesRead < 2 << 20)
    }

    @Test func failuresOfTheSourceReachTheCaller() {
        struct Broken: Error {}
        struct BrokenSource: ByteSource {
            let size: Int64 = 100
            func bytes(at offset: Int64, count: Int) throws -> [UInt8] { throw Broken() }
        }
        #expect(throws: Broken.self) { try ImageInspector.inspect(from: BrokenSource()) }
    }

    /// A file that shrinks while it is read.
    @Test func sourcesMayEndEarly() throws {
        let source = TrapSource(RasterImages.png(9, 9), claimedSize: 1 << 40)
        #expect(try ImageInspector.inspect(from: source).flaw?.code == .truncated)
    }
}
