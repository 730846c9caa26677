/// A box of a file in the ISO base media file format. Source: ISO/IEC 14496-12, 4.2.
struct ISOBox {
    /// Its type.
    let kind: Int
    /// Where its content is: within the box around it, and within the file.
    let content: Range<Int64>
    /// Where it ends by its own words, which may be behind the file.
    let end: Int64

    /// The type that four letters name.
    static func kind(_ name: StaticString) -> Int { name.bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// Boxes one behind the other.
    struct Level {
        private let range: Range<Int64>
        private var place: Int64
        private var count = 0

        /// The boxes of a range.
        init(_ range: Range<Int64>) {
            self.range = range
            place = range.lowerBound
        }

        /// The next one; nil behind the last. Throws `malformed` for one that is shorter than its head.
        mutating func next(_ reader: inout ByteReader) throws -> ISOBox? {
            guard range.upperBound - place >= 8 else { return nil }
            count += 1
            guard count <= Self.maximumBoxes else { throw Self.malformed }
            var length = Int64(try reader.number32(place, .big))
            let kind = try reader.number32(place + 4, .big)
            var head: Int64 = 8
            if length == 1 {
                length = Int64(clamping: try reader.number64(place + 8, .big))
                head = 16
            } else if length == 0 {
                length = range.upperBound - place
            }
            guard length >= head else { throw Self.malformed }
            let (end, isOverflow) = place.addingReportingOverflow(length)
            let start = place
            place = isOverflow ? range.upperBound : min(end, range.upperBound)
            return ISOBox(
                kind: kind, content: min(start + head, place)..<place, end: isOverflow ? .max : end)
        }

        /// The first of a kind.
        func first(_ name: StaticString, _ reader: inout ByteReader) throws -> ISOBox? {
            var level = self
            while let box = try level.next(&reader) {
                if box.kind == ISOBox.kind(name) { return box }
            }
            return nil
        }

        /// Throws `truncated` where a box ends behind the file.
        func checkEnds(_ reader: inout ByteReader) throws {
            var level = self
            while let box = try level.next(&reader) {
                guard box.end <= range.upperBound else { throw ByteReader.truncated }
            }
        }

        private static let maximumBoxes = 4_096
        private static let malformed = ContentError(
            .malformed, "The boxes of the file do not fit into each other: save it anew.")
    }
}
