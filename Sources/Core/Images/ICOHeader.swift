/// Reads the directory of an icon or a cursor and the pictures in it. Source: Microsoft's GRPICONDIR.
///
/// The size is that of the picture whose entry is the largest, as the picture itself tells it: entries end at 256.
enum ICOHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        let count = try reader.number16(4, .little)
        var largest: Entry?
        for index in 0..<count {
            let entry = try Entry(&reader, at: 6 + Int64(index) * 16)
            if largest.map({ entry.isLarger(than: $0) }) ?? true { largest = entry }
        }
        guard let largest else { throw ContentError(.malformed, "The icon holds no picture: save it anew.") }
        try facts.found(try largest.picture(&reader))
        for index in 0..<count {
            try facts.holds(try Entry(&reader, at: 6 + Int64(index) * 16).picture(&reader))
        }
    }

    /// An entry of the directory.
    private struct Entry {
        /// As the entry tells it.
        let pixels: Int
        /// Bits of a pixel; the most where the entry tells none.
        let depth: Int
        let place: Int64
        let length: Int64

        init(_ reader: inout ByteReader, at entry: Int64) throws {
            let width = Int(try reader.byte(entry))
            let height = Int(try reader.byte(entry + 1))
            // 0 means 256.
            pixels = (width == 0 ? 256 : width) * (height == 0 ? 256 : height)
            let colours = Int(try reader.byte(entry + 2))
            let bits = try reader.number16(entry + 6, .little)
            let needed = colours < 2 ? 256 : Int.bitWidth - (colours - 1).leadingZeroBitCount
            depth = bits > 0 ? bits : needed
            length = Int64(try reader.number32(entry + 8, .little))
            place = Int64(try reader.number32(entry + 12, .little))
        }

        /// Of equal ones that with the fewest colours counts, which is the one that common programs show first.
        func isLarger(than other: Entry) -> Bool {
            pixels > other.pixels || (pixels == other.pixels && depth < other.depth)
        }

        /// The size of the picture that the entry points at, which is a PNG or a bitmap without the header of its file.
        func picture(_ reader: inout ByteReader) throws -> PixelSize {
            guard place + length <= reader.size else { throw ByteReader.truncated }
            if try reader.number32(place, .big) == 0x8950_4E47 {
                return PixelSize(
                    width: try reader.number32(place + 16, .big), height: try reader.number32(place + 20, .big))
            }
            let bitmap = try BMPHeader.Bitmap(&reader, at: place)
            // The height is that of the picture and its mask.
            return PixelSize(width: bitmap.size.width, height: bitmap.size.height / 2)
        }
    }
}
