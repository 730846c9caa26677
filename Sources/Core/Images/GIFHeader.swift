/// Reads the screen of a GIF and its first picture. Source: GIF89a specification, 18 to 26.
///
/// A first picture that is larger than the screen enlarges it, as in decoders.
enum GIFHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        let width = try reader.number16(6, .little)
        let height = try reader.number16(8, .little)
        var place: Int64 = 13 + colours(try reader.byte(10))
        while true {
            let kind = try reader.byte(place)
            switch kind {
            case extensionKind:
                place += 2
                try skipBlocks(&reader, &place)
            case pictureKind:
                let right = try reader.number16(place + 1, .little) + reader.number16(place + 5, .little)
                let bottom = try reader.number16(place + 3, .little) + reader.number16(place + 7, .little)
                try facts.found(PixelSize(width: max(width, right), height: max(height, bottom)))
                try checkPicture(&reader, place)
                return
            case 0: place += 1
            default:
                throw ContentError(.malformed, "The GIF image has no picture where one has to be: save it anew.")
            }
        }
    }

    /// Throws where the picture has no size, or no pixels.
    private static func checkPicture(_ reader: inout ByteReader, _ place: Int64) throws {
        let pixels = place + 10 + colours(try reader.byte(place + 9))
        let depth = try reader.byte(pixels)
        let length = try reader.byte(pixels + 1)
        guard try reader.number16(place + 5, .little) > 0, try reader.number16(place + 7, .little) > 0,
            (1...11).contains(depth), length > 0
        else { throw ContentError(.malformed, "The first picture of the GIF image has no pixels: save it anew.") }
        _ = try reader.byte(pixels + 1 + Int64(length))
    }

    /// How many bytes the table of colours has that these flags announce.
    private static func colours(_ flags: UInt8) -> Int64 { flags & 0x80 == 0 ? 0 : 3 << (Int64(flags & 7) + 1) }

    private static func skipBlocks(_ reader: inout ByteReader, _ place: inout Int64) throws {
        while true {
            let length = try reader.byte(place)
            place += 1 + Int64(length)
            if length == 0 { return }
        }
    }

    private static let extensionKind = UInt8(ascii: "!")
    private static let pictureKind = UInt8(ascii: ",")
}
