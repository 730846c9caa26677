/// Reads the boxes of an AVIF or HEIC image. Source: ISO/IEC 14496-12, 23008-12 (HEIF), AV1 Image File Format.
///
/// The size of an AVIF is the stored one, that of a HEIC the one after its cropping and turning: what decoders of each give.
enum ISOMediaHeader {
    static func read(_ reader: inout ByteReader, _ format: FileFormat, into facts: inout ImageFacts) throws {
        let file = ISOBox.Level(0..<reader.size)
        let isSequence = try reader.has("avis", at: 8)
        if isSequence, let movie = try file.first("moov", &reader), let size = try track(of: movie, &reader) {
            try facts.found(size)
        } else if let meta = try file.first("meta", &reader) {
            try ISOItems(&reader, meta).read(&reader, isTurned: format == .heic, into: &facts)
        } else if let movie = try file.first("moov", &reader), let size = try track(of: movie, &reader) {
            try facts.found(size)
        } else {
            throw ContentError(.malformed, "The image does not tell its size: save it anew.")
        }
        try file.checkEnds(&reader)
    }

    /// The size of the first track that has one.
    private static func track(of movie: ISOBox, _ reader: inout ByteReader) throws -> PixelSize? {
        var level = ISOBox.Level(movie.content)
        while let track = try level.next(&reader) {
            guard track.kind == ISOBox.kind("trak"),
                let header = try ISOBox.Level(track.content).first("tkhd", &reader)
            else { continue }
            let sides = header.content.lowerBound + (try reader.byte(header.content.lowerBound) == 1 ? 88 : 76)
            let size = PixelSize(
                width: try reader.number32(sides, .big) >> 16, height: try reader.number32(sides + 4, .big) >> 16)
            if size.pixels > 0 { return size }
        }
        return nil
    }
}
