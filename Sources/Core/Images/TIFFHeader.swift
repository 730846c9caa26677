/// Reads the directories of a TIFF. Source: TIFF 6.0, section 2; BigTIFF.
///
/// The size is that of the first page, turned where its orientation exchanges rows and columns: decoders turn these.
enum TIFFHeader {
    static func read(_ reader: inout ByteReader, into facts: inout ImageFacts) throws {
        let order: ByteOrder = try reader.byte(0) == UInt8(ascii: "I") ? .little : .big
        let isBig = try reader.number16(2, order) == 43
        var next = isBig ? Int64(clamping: try reader.number64(8, order)) : Int64(try reader.number32(4, order))
        var places: Set<Int64> = []
        for page in 0..<maximumPages {
            let directory = try Directory(&reader, at: next, order, isBig: isBig)
            guard let width = directory.width, let height = directory.height else {
                throw ContentError(.malformed, "A page of the TIFF image does not tell its size: save it anew.")
            }
            let size = PixelSize(width: width, height: height)
            let isTurned = (5...8).contains(directory.orientation)
            if page == 0 { try facts.found(isTurned ? size.turned : size) } else { try facts.holds(size) }
            places.insert(next)
            next = directory.next
            if next == 0 || places.contains(next) { return }
        }
    }

    /// One page's tags.
    private struct Directory {
        var width: Int?
        var height: Int?
        var orientation = 1
        /// Where the next directory is; 0 for none.
        let next: Int64

        init(_ reader: inout ByteReader, at place: Int64, _ order: ByteOrder, isBig: Bool) throws {
            let count =
                isBig ? Int64(clamping: try reader.number64(place, order)) : Int64(try reader.number16(place, order))
            let first = place + (isBig ? 8 : 2)
            let length: Int64 = isBig ? 20 : 12
            guard count <= maximumEntries else {
                throw ContentError(
                    .unsupported, "A page of the TIFF image has more than \(maximumEntries) tags: save it anew.")
            }
            for entry in 0..<count {
                let tag = first + entry * length
                switch try reader.number16(tag, order) {
                case 256: width = try Self.value(&reader, tag, order, isBig) ?? width
                case 257: height = try Self.value(&reader, tag, order, isBig) ?? height
                case 274: orientation = try Self.value(&reader, tag, order, isBig) ?? orientation
                default: break
                }
            }
            let end = first + count * length
            next = isBig ? Int64(clamping: try reader.number64(end, order)) : Int64(try reader.number32(end, order))
        }

        /// The number that an entry holds; nil where it is no whole one.
        private static func value(
            _ reader: inout ByteReader, _ tag: Int64, _ order: ByteOrder, _ isBig: Bool
        ) throws -> Int? {
            let place = tag + (isBig ? 12 : 8)
            switch try reader.number16(tag + 2, order) {
            case 1: return Int(try reader.byte(place))
            case 3: return try reader.number16(place, order)
            case 4: return try reader.number32(place, order)
            case 16 where isBig: return Int(clamping: try reader.number64(place, order))
            default: return nil
            }
        }
    }

    private static let maximumPages = 256
    private static let maximumEntries: Int64 = 65_535
}
