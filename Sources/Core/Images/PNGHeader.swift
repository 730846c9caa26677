/// Reads the header of a PNG and looks whether its chunks are whole. Source: PNG Specification (Third Edition), 5 and 11.
enum PNGHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        var place: Int64 = 8
        if try reader.has("CgBI", at: place + 4) { place += Int64(try reader.number32(place, .big)) + 12 }
        guard try reader.has("IHDR", at: place + 4), try reader.number32(place, .big) == 13 else {
            guard reader.size >= place + 12 else { throw ByteReader.truncated }
            throw ContentError(.malformed, "The PNG image does not begin with a header: save it anew.")
        }
        let header = try reader.bytes(at: place + 4, count: 17)
        guard Int(checksum(of: header)) == (try reader.number32(place + 21, .big)) else {
            throw ContentError(
                .malformed, "The header of the PNG image does not have its checksum: save it anew, or send it again.")
        }
        let width = try reader.number32(place + 8, .big)
        let height = try reader.number32(place + 12, .big)
        guard width < 1 << 31, height < 1 << 31 else {
            throw ContentError(
                .malformed, "The PNG image claims a side of more than 2,147,483,647 pixels: save it anew.")
        }
        try facts.found(PixelSize(width: width, height: height))
        let methods = try reader.bytes(at: place + 18, count: 3)
        guard isPossible(depth: try reader.byte(place + 16), colour: try reader.byte(place + 17)),
            methods.elementsEqual([0, 0, 0]) || methods.elementsEqual([0, 0, 1])
        else {
            throw ContentError(.malformed, "The PNG image has a kind of pixels that there is not: save it anew.")
        }
        try checkChunks(&reader, from: place + 25)
    }

    /// Throws where there are no pixels, or the last chunk is cut off. Looks no farther than a reader reads.
    private static func checkChunks(_ reader: inout ByteReader, from start: Int64) throws {
        var place = start
        var hasPixels = false
        for _ in 0..<maximumChunks {
            let length = Int64(try reader.number32(place, .big))
            let isPixels = try reader.has("IDAT", at: place + 4)
            let isEnd = try reader.has("IEND", at: place + 4)
            guard length < 1 << 31, place + 12 + length <= reader.size else { throw ByteReader.truncated }
            hasPixels = hasPixels || isPixels
            if isEnd { break }
            if hasPixels, try endsWhole(&reader) { break }
            place += 12 + length
        }
        guard hasPixels else { throw ContentError(.malformed, "The PNG image has no pixels: save it anew.") }
    }

    private static func endsWhole(_ reader: inout ByteReader) throws -> Bool {
        try reader.has("\0\0\0\0IEND", at: reader.size - 12)
    }

    private static func isPossible(depth: UInt8, colour: UInt8) -> Bool {
        switch colour {
        case 0: [1, 2, 4, 8, 16].contains(depth)
        case 3: [1, 2, 4, 8].contains(depth)
        case 2, 4, 6: depth == 8 || depth == 16
        default: false
        }
    }

    /// The CRC-32 of ISO 3309, bit by bit: there are 17 bytes to it.
    static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }

    private static let maximumChunks = 1_000
}
