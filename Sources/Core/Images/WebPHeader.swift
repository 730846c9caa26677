/// Reads the chunks of a WebP up to the first with a size. Source: RFC 9649, 2.
enum WebPHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        let end = Int64(try reader.number32(4, .little)) + 8
        if try reader.has("VP8X", at: 12) {
            let canvas = PixelSize(
                width: try reader.number24(24, .little) + 1, height: try reader.number24(27, .little) + 1)
            try facts.found(canvas)
            let isAnimated = try reader.byte(20) & 2 != 0
            try checkChunks(&reader, within: end, canvas, isAnimated: isAnimated)
        } else {
            try facts.found(try picture(&reader, at: 12))
        }
        guard end <= reader.size else { throw ByteReader.truncated }
    }

    /// Throws where there is no picture, or one that is not of the canvas.
    private static func checkChunks(
        _ reader: inout ByteReader, within end: Int64, _ canvas: PixelSize, isAnimated: Bool
    ) throws {
        var place: Int64 = 12
        for _ in 0..<maximumChunks {
            guard place + 8 <= end else { break }
            let kind: StaticString = isAnimated ? "ANMF" : "VP8"
            if try reader.has(kind, at: place) {
                let size = isAnimated ? canvas : try picture(&reader, at: place)
                guard size == canvas else {
                    throw ContentError(
                        .malformed, "The WebP image's canvas is not of the size of its picture: save it anew.")
                }
                if try isAnimated || reader.byte(place + 3) != UInt8(ascii: "X") { return }
            }
            let length = Int64(try reader.number32(place + 4, .little))
            place += 8 + length + length % 2
        }
        throw ContentError(.malformed, "The WebP image has no picture: save it anew.")
    }

    /// The size of the picture whose chunk is there; that of the canvas for the chunk that announces it.
    private static func picture(_ reader: inout ByteReader, at place: Int64) throws -> PixelSize {
        switch try reader.byte(place + 3) {
        case UInt8(ascii: " "):
            guard try reader.number24(place + 11, .big) == 0x9D_012A else { break }
            return PixelSize(
                width: try reader.number16(place + 14, .little) & 0x3FFF,
                height: try reader.number16(place + 16, .little) & 0x3FFF)
        case UInt8(ascii: "L"):
            guard try reader.byte(place + 8) == 0x2F else { break }
            let sides = try reader.number32(place + 9, .little)
            return PixelSize(width: sides & 0x3FFF + 1, height: sides >> 14 & 0x3FFF + 1)
        case UInt8(ascii: "X"):
            return PixelSize(
                width: try reader.number24(place + 12, .little) + 1,
                height: try reader.number24(place + 15, .little) + 1)
        default: break
        }
        throw ContentError(.malformed, "The WebP image's picture does not begin like one: save it anew.")
    }

    private static let maximumChunks = 1_000
}
