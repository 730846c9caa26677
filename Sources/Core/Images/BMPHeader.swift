/// Reads the header of a bitmap file. Source: Microsoft's BITMAPCOREHEADER and BITMAPINFOHEADER, IBM's OS22XBITMAPHEADER.
enum BMPHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        let bitmap = try Bitmap(&reader, at: 14)
        try facts.found(bitmap.size)
        guard bitmap.size.width < 1 << 31 else {
            throw ContentError(.malformed, "The bitmap has a negative width, which no image has: save it anew.")
        }
        let pixels = Int64(try reader.number32(10, .little))
        guard pixels < reader.size, pixels >= 14 + 12 else { throw ByteReader.truncated }
        // Larger ones are too large for any cache, and their number of bytes for a number.
        if bitmap.isUncompressed, bitmap.size.pixels < 1 << 48 {
            let row = (Int64(bitmap.size.width) * Int64(bitmap.bits) + 31) / 32 * 4
            guard row <= (reader.size - pixels) / Int64(bitmap.size.height) else { throw ByteReader.truncated }
        }
    }

    /// A bitmap without the header of its file, as icons hold them too.
    struct Bitmap {
        let size: PixelSize
        let bits: Int
        let isUncompressed: Bool

        /// Reads a header. Throws `unsupported` for one of a length that there is not.
        init(_ reader: inout ByteReader, at place: Int64) throws {
            let length = try reader.number32(place, .little)
            switch length {
            case 12:
                size = PixelSize(
                    width: try reader.number16(place + 4, .little), height: try reader.number16(place + 6, .little))
                bits = try reader.number16(place + 10, .little)
                isUncompressed = true
            case 16, 40, 52, 56, 64, 108, 124:
                // Rows from top to bottom have a negative height.
                let width = try reader.number32(place + 4, .little)
                let height = Int32(truncatingIfNeeded: try reader.number32(place + 8, .little))
                size = PixelSize(width: width, height: abs(Int(height)))
                bits = try reader.number16(place + 14, .little)
                isUncompressed = length == 16 ? true : try reader.number32(place + 16, .little) == 0
            default:
                throw ContentError(
                    .unsupported,
                    "The bitmap has a header of \(length) bytes, which no common program writes: save it anew.")
            }
            guard [0, 1, 2, 4, 8, 16, 24, 32, 64].contains(bits) else {
                throw ContentError(
                    .malformed, "The bitmap has pixels of \(bits) bits, which there are not: save it anew.")
            }
        }
    }
}
