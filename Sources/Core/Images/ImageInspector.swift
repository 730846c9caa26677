/// Tells what bytes are from their headers, without decoding anything.
///
/// It reads the first 64 KiB, then 4 KiB wherever the header goes on, 8 MiB in all at most, and the last 64 KiB. Then it scans
/// images for hidden content, in pieces of 64 KiB. So its memory does not depend on the object. An SVG is read whole, up
/// to 4 MiB.
///
/// Not detected: what a decoder finds beyond the header, the number of an animation's frames, archives that are neither ZIP,
/// RAR nor 7z, JavaScript without tags behind anything but the header's first number, and text in another encoding than
/// ASCII within an image. A stored media type and `nosniff` keep browsers from running these.
public enum ImageInspector {
    /// Inspects bytes in memory.
    public static func inspect(_ bytes: [UInt8]) -> ImageInspection {
        do {
            return try inspect(from: bytes)
        } catch {
            // An array throws nothing.
            return ImageInspection(format: .other, mostPixels: 0, byteCount: bytes.size, flaw: ByteReader.truncated)
        }
    }

    /// Inspects a source. Throws nothing but what the source throws.
    ///
    /// An image's first and last bytes are scanned for hidden content, `scanned` of them in all: every byte up to that size.
    /// Whoever feeds a `HiddenContentScanner` while streaming can ask for 0.
    public static func inspect(from source: any ByteSource, scanned: Int64 = 64 << 20) throws -> ImageInspection {
        var inspection = try inspectHeader(of: source)
        if inspection.flaw == nil, inspection.format.isRasterImage {
            inspection.flaw = try scan(source, inspection.byteCount, limit: scanned)
        }
        return inspection
    }

    /// Inspects header and end, without a scan of what is between them.
    static func inspectHeader(of source: any ByteSource) throws -> ImageInspection {
        var reader = try ByteReader(source)
        var inspection = ImageInspection(format: .other, mostPixels: 0, byteCount: reader.size)
        var facts = ImageFacts()
        do {
            inspection.format = try FormatSniffer.format(of: &reader)
            try read(&reader, inspection.format, into: &facts)
            if inspection.format.isRasterImage { try HiddenContent.check(&reader) }
        } catch let flaw as ContentError {
            inspection.flaw = flaw
        }
        inspection.size = facts.size
        inspection.mostPixels = facts.mostPixels
        return inspection
    }

    private static func read(
        _ reader: inout ByteReader, _ format: FileFormat, into facts: inout ImageFacts
    ) throws {
        switch format {
        case .jpeg: try JPEGHeader.read(&reader, into: &facts)
        case .png: try PNGHeader.read(&reader, into: &facts)
        case .gif: try GIFHeader.read(&reader, into: &facts)
        case .webp: try WebPHeader.read(&reader, into: &facts)
        case .avif, .heic: try ISOMediaHeader.read(&reader, format, into: &facts)
        case .tiff: try TIFFHeader.read(&reader, into: &facts)
        case .bmp: try BMPHeader.read(&reader, into: &facts)
        case .ico: try ICOHeader.read(&reader, into: &facts)
        case .svg: try SVGDocument.read(try reader.contents(limit: SVGDocument.maximumBytes), into: &facts)
        default: break
        }
    }

    private static func scan(_ source: any ByteSource, _ size: Int64, limit: Int64) throws -> ContentError? {
        var parts = ScanParts(size: size, limit: limit)
        while let range = parts.next {
            let piece = try source.bytes(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
            guard !piece.isEmpty else { return ByteReader.truncated }
            parts.take(piece)
        }
        return parts.finding
    }
}
