/// Looks for what an image file is besides at the places where other programs look for their own beginning or end.
enum HiddenContent {
    /// Throws `hidden` for an image that is also an archive, a document or a script by its beginning or its end.
    static func check(_ reader: inout ByteReader) throws {
        if isScript(reader.head) { throw HiddenContentScanner.page }
        if contains("%PDF-", in: reader.head.prefix(1_024)) { throw HiddenContentScanner.document }
        try checkEnd(&reader)
    }

    /// Whether the header's first number is `/*`, and what follows that comment can be JavaScript.
    private static func isScript(_ head: [UInt8]) -> Bool {
        guard contains("/*", in: head.prefix(16)) else { return false }
        var index = 16
        while index + 10 <= head.count {
            if head[index] == UInt8(ascii: "*"), head[index + 1] == UInt8(ascii: "/"),
                head[index + 2..<index + 10].allSatisfy({ (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0) })
            {
                return true
            }
            index += 1
        }
        return false
    }

    /// Throws for the end of a ZIP archive with its directory before it. Source: APPNOTE 4.3.16.
    private static func checkEnd(_ reader: inout ByteReader) throws {
        var start = max(0, reader.size - endSize)
        while start + 22 <= reader.size {
            let count = Int(min(reader.size - start, Int64(ByteReader.windowSize)))
            let piece = try reader.bytes(at: start, count: count)
            for index in piece.indices.dropLast(3)
            where piece[index] == 0x50 && piece[index + 1] == 0x4B && piece[index + 2] == 5 && piece[index + 3] == 6 {
                if try isDirectoryEnd(&reader, start + Int64(index - piece.startIndex)) {
                    throw HiddenContentScanner.archive
                }
            }
            start += Int64(count) - 3
            if count < ByteReader.windowSize { break }
        }
    }

    private static func isDirectoryEnd(_ reader: inout ByteReader, _ place: Int64) throws -> Bool {
        guard place + 22 <= reader.size else { return false }
        let length = Int64(try reader.number32(place + 12, .little))
        return try reader.has("PK\u{1}\u{2}", at: place - length) || reader.has("PK\u{6}\u{7}", at: place - 20)
    }

    private static func contains(_ text: StaticString, in bytes: ArraySlice<UInt8>) -> Bool {
        bytes.indices.contains { bytes[$0] == text.bytes[0] && bytes[$0...].starts(with: text.bytes) }
    }

    /// How far from the end archivers look: a comment can have 65,535 bytes.
    private static let endSize: Int64 = 22 + 65_535
}
