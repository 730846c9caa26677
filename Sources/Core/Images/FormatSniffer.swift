/// Tells a format by the bytes at the beginning. Source: WHATWG MIME Sniffing, and the formats' own specifications.
///
/// What stands first decides: nothing is searched for farther on, except behind the white space, comments and declarations
/// that may precede a document of text.
enum FormatSniffer {
    static func format(of reader: inout ByteReader) throws -> FileFormat {
        guard reader.size > 0 else { return .empty }
        if let format = try image(&reader) ?? container(&reader) ?? archive(&reader) { return format }
        if let text = TextDecoder.decode(head: reader.head) {
            return TextSniffer.format(of: text)
        }
        return try weak(&reader) ?? .other
    }

    private static func image(_ reader: inout ByteReader) throws -> FileFormat? {
        switch reader.head.first {
        case 0xFF where starts(reader, [0xFF, 0xD8, 0xFF]): .jpeg
        case 0xFF where starts(reader, [0xFF, 0x4F, 0xFF, 0x51]): .jpeg2000
        case 0xFF where starts(reader, [0xFF, 0x0A]): .jpegXL
        case 0x89 where starts(reader, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]): .png
        case UInt8(ascii: "G") where try reader.has("GIF87a", at: 0) || reader.has("GIF89a", at: 0): .gif
        case UInt8(ascii: "R") where try reader.has("RIFF", at: 0) && reader.has("WEBPVP8", at: 8): .webp
        case UInt8(ascii: "I") where try reader.has("II*\0", at: 0) || reader.has("II+\0", at: 0): .tiff
        case UInt8(ascii: "M") where try reader.has("MM\0*", at: 0) || reader.has("MM\0+", at: 0): .tiff
        case UInt8(ascii: "8") where try reader.has("8BPS\0", at: 0): .photoshop
        case 0 where try isIcon(&reader): .ico
        default: nil
        }
    }

    /// Formats of sound and film, and those images that are in containers of these.
    private static func container(_ reader: inout ByteReader) throws -> FileFormat? {
        if try reader.has("ftyp", at: 4) { return try brand(&reader) }
        if try reader.has("RIFF", at: 0) {
            return try reader.has("WAVE", at: 8) ? .wav : reader.has("AVI ", at: 8) ? .avi : nil
        }
        if starts(reader, [0x1A, 0x45, 0xDF, 0xA3]) {
            return contains("webm", in: reader.head.prefix(128)) ? .webm : .matroska
        }
        if starts(reader, [0, 0, 1, 0xBA]) || starts(reader, [0, 0, 1, 0xB3]) { return .mpeg }
        if try isTransportStream(&reader) { return .mpeg }
        if try reader.has("OggS", at: 0) { return .ogg }
        if try reader.has("fLaC", at: 0) { return .flac }
        if try reader.has("ID3", at: 0) { return .mp3 }
        if starts(reader, [0, 0, 0, 12]), try reader.has("JXL ", at: 4) { return .jpegXL }
        if starts(reader, [0, 0, 0, 12]), try reader.has("jP  ", at: 4) { return .jpeg2000 }
        for kind: StaticString in ["moov", "mdat", "wide", "pnot"] where try reader.has(kind, at: 4) { return .mov }
        return nil
    }

    /// By the brands of a file in the ISO base media file format, the major one first.
    private static func brand(_ reader: inout ByteReader) throws -> FileFormat {
        let end = min(Int64(try reader.number32(0, .big)), reader.size, 512)
        var brands = [try reader.number32(8, .big)]
        for place in stride(from: Int64(16), to: end - 3, by: 4) { brands.append(try reader.number32(place, .big)) }
        let names = brands.map { brand in
            String(decoding: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: brand >> $0) }, as: UTF8.self)
        }
        for name in names {
            switch name {
            case "avif", "avis": return .avif
            case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs": return .heic
            case "mif1", "mif2", "msf1", "miaf", "MiHB", "MiHE", "MiPr": continue
            case "qt  ": return .mov
            case "M4A ", "M4B ", "M4P ": return .m4a
            case "jpx ", "jp2 ": return .jpeg2000
            default:
                // Brands that are of images as well as of films decide only where they stand first.
                if names.contains(where: { ["mif1", "msf1"].contains($0) }) { continue }
                return .mp4
            }
        }
        return .heic
    }

    private static func archive(_ reader: inout ByteReader) throws -> FileFormat? {
        if try reader.has("%PDF-", at: 0) { return .pdf }
        for magic: StaticString in ["PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{7}\u{8}"] where try reader.has(magic, at: 0) {
            return .zip
        }
        if starts(reader, [0x1F, 0x8B]) { return .gzip }
        if try reader.has("Rar!\u{1A}\u{7}", at: 0) { return .rar }
        if starts(reader, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) { return .sevenZip }
        if starts(reader, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) { return .xz }
        if starts(reader, [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        if try reader.has("ustar", at: 257) { return .tar }
        if try reader.has("wOFF", at: 0) { return .woff }
        if try reader.has("wOF2", at: 0) { return .woff2 }
        if try reader.has("\u{7F}ELF", at: 0) || reader.has("\0asm", at: 0) { return .executable }
        let machO: [[UInt8]] = [
            [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE],
            [0xCA, 0xFE, 0xBA, 0xBE],
        ]
        for magic in machO where starts(reader, magic) { return .executable }
        return nil
    }

    /// By beginnings so short that text could have them too.
    private static func weak(_ reader: inout ByteReader) throws -> FileFormat? {
        if try reader.has("BM", at: 0) { return .bmp }
        if try reader.has("BZh", at: 0) { return .bzip2 }
        if try reader.has("MZ", at: 0) { return .executable }
        for magic: StaticString in ["FWS", "CWS", "ZWS"] where try reader.has(magic, at: 0) { return .executable }
        for frame: [UInt8] in [[0xFF, 0xFB], [0xFF, 0xF3], [0xFF, 0xF2]] where starts(reader, frame) { return .mp3 }
        return nil
    }

    /// Whether it is a directory of icons or cursors with something in it.
    private static func isIcon(_ reader: inout ByteReader) throws -> Bool {
        guard starts(reader, [0, 0, 1, 0]) || starts(reader, [0, 0, 2, 0]), reader.size >= 6 else { return false }
        return try reader.number16(4, .little) > 0
    }

    private static func isTransportStream(_ reader: inout ByteReader) throws -> Bool {
        for place: Int64 in [0, 188, 376] where try !reader.has("G", at: place) { return false }
        return true
    }

    private static func starts(_ reader: ByteReader, _ bytes: [UInt8]) -> Bool {
        reader.head.starts(with: bytes)
    }

    private static func contains(_ text: StaticString, in bytes: ArraySlice<UInt8>) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: text.bytes) }
    }
}
