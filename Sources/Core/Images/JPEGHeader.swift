/// Walks the segments of a JPEG up to its first scan. Source: ITU-T T.81, annex B.
///
/// The size is the stored one: an orientation in Exif turns the image only where it is shown.
enum JPEGHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        var place: Int64 = 2
        var frames = 0
        while true {
            let marker = try nextMarker(&reader, &place)
            switch marker {
            case 0x01, 0xD0...0xD8: continue
            case 0xD9: throw ContentError(.malformed, "The JPEG image ends before its first scan: save it anew.")
            case 0xDA:
                guard frames == 1 else {
                    throw ContentError(.malformed, "The JPEG image has no frame, or more than one: save it anew.")
                }
                _ = try reader.byte(place + Int64(try length(&reader, place)) - 1)
                return
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                frames += 1
                try readFrame(&reader, place, into: &facts)
            default: break
            }
            place += Int64(try length(&reader, place))
        }
    }

    /// The code of the next marker; `place` is behind it then. Other bytes before it are skipped, as decoders do.
    private static func nextMarker(_ reader: inout ByteReader, _ place: inout Int64) throws -> UInt8 {
        while true {
            while try reader.byte(place) != 0xFF { place += 1 }
            while try reader.byte(place) == 0xFF { place += 1 }
            let code = try reader.byte(place)
            place += 1
            if code != 0 { return code }
        }
    }

    /// The length of the segment there, itself included.
    private static func length(_ reader: inout ByteReader, _ place: Int64) throws -> Int {
        let length = try reader.number16(place, .big)
        guard length >= 2 else {
            throw ContentError(.malformed, "A segment of the JPEG image is shorter than its own length: save it anew.")
        }
        return length
    }

    private static func readFrame(_ reader: inout ByteReader, _ place: Int64, into facts: inout ImageFacts) throws {
        let length = try length(&reader, place)
        let height = try reader.number16(place + 3, .big)
        let width = try reader.number16(place + 5, .big)
        try facts.found(PixelSize(width: width, height: height))
        let components = Int(try reader.byte(place + 7))
        guard components > 0, length >= 8 + 3 * components else {
            throw ContentError(
                .malformed, "The frame of the JPEG image does not have the components that it names: save it anew.")
        }
    }
}
