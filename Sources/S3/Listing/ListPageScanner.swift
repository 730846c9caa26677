/// Reads list pages as servers write them, byte by byte, several times faster than an XML parser.
///
/// It knows elements without prefixes, character references and an `xmlns` of the root. At anything else (comments, CDATA,
/// a DOCTYPE, other attributes, carriage returns, text in odd places, …) it gives up: `ListPageReader` then decides.
/// What it accepts the reader accepts too, with the same result.
struct ListPageScanner {
    /// The page; nil where it gave up.
    static func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> S3ListPage? {
        guard bytes.count <= XMLPullReader.maximumBytes else { return nil }
        var scanner = ListPageScanner(bytes)
        return try? scanner.page()
    }

    /// Something that the scanner does not know, or that is wrong.
    private struct Unknown: Error {}

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var builder: ListPageBuilder
    // A text with its references resolved.
    private var resolved: [UInt8] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        builder = ListPageBuilder(documentLength: bytes.count)
    }

    private mutating func page() throws -> S3ListPage {
        try declaration()
        skipWhiteSpace()
        try expect("<ListBucketResult")
        if !accept(">") {
            try expect(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"")
            try expect(">")
        }
        while let name = try childName() {
            if name.isEqual("Contents") {
                // An object without anything is the reader's to refuse.
                guard !isEmptyElement else { throw Unknown() }
                try object()
            } else if let field = ListField.ofPage(name) {
                try value(of: field, name)
            } else {
                try skip(name, depth: 2)
            }
        }
        try expect("ListBucketResult>")
        skipWhiteSpace()
        guard index == bytes.count else { throw Unknown() }
        return try builder.finish()
    }

    private mutating func object() throws {
        builder.beginObject()
        while let name = try childName() {
            if let field = ListField.ofObject(name) {
                try value(of: field, name)
            } else {
                try skip(name, depth: 3)
            }
        }
        try expect("Contents>")
        try builder.endObject()
    }

    private mutating func value(of field: ListField, _ name: UnsafeBufferPointer<UInt8>) throws {
        if isEmptyElement {
            try builder.set(field, UnsafeBufferPointer(rebasing: bytes[index..<index]))
            return
        }
        let text = try text()
        try end(of: name)
        if let text {
            try builder.set(field, UnsafeBufferPointer(rebasing: bytes[text]))
        } else {
            try resolved.withUnsafeBufferPointer { try builder.set(field, $0) }
        }
    }

    /// Passes an element that nobody looks at, with everything in it.
    private mutating func skip(_ name: UnsafeBufferPointer<UInt8>, depth: Int) throws {
        if isEmptyElement { return }
        // The reader allows more; who nests so deeply is no server that is known here.
        guard depth < 8 else { throw Unknown() }
        _ = try text()
        while bytes[index + 1] != UInt8(ascii: "/") {
            guard let child = try childName() else { throw Unknown() }
            try skip(child, depth: depth + 1)
            _ = try text()
        }
        try end(of: name)
    }

    // MARK: Tags

    // Whether the tag that `childName` has met was that of an empty element.
    private var isEmptyElement = false

    /// The name of the next child, its start tag passed; nil at the `</` of the parent, which is passed.
    private mutating func childName() throws -> UnsafeBufferPointer<UInt8>? {
        skipWhiteSpace()
        try expect("<")
        if accept("/") { return nil }
        let start = index
        while index < bytes.count, Self.isNameCharacter(bytes[index]) { index += 1 }
        guard index > start, index - start <= 64, bytes[start] > UInt8(ascii: "9") else { throw Unknown() }
        let name = UnsafeBufferPointer(rebasing: bytes[start..<index])
        isEmptyElement = accept("/")
        try expect(">")
        return name
    }

    private mutating func end(of name: UnsafeBufferPointer<UInt8>) throws {
        try expect("</")
        guard bytes.count - index > name.count, bytes[index..<index + name.count].elementsEqual(name) else {
            throw Unknown()
        }
        index += name.count
        try expect(">")
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
    }

    /// Passes `<?xml version="1.0" encoding="UTF-8"?>`, if it is there.
    private mutating func declaration() throws {
        guard accept("<?xml version=\"1.0\"") else { return }
        _ = accept(" encoding=\"UTF-8\"") || accept(" encoding=\"utf-8\"")
        _ = accept(" standalone=\"yes\"")
        try expect("?>")
    }

    // MARK: Text

    /// Passes text up to the next tag, which is there. Gives where it lies; nil where it had references, which are now
    /// resolved in `resolved`.
    private mutating func text() throws -> Range<Int>? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "<") { return try requireTag(start..<index) }
            if byte == UInt8(ascii: "&") { break }
            try character(byte)
        }
        resolved.removeAll(keepingCapacity: true)
        resolved.append(contentsOf: bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "<") {
                _ = try requireTag(start..<index)
                return nil
            }
            if byte == UInt8(ascii: "&") {
                try reference()
            } else {
                let begin = index
                try character(byte)
                resolved.append(contentsOf: bytes[begin..<index])
            }
        }
        throw Unknown()
    }

    private func requireTag(_ text: Range<Int>) throws -> Range<Int> {
        guard index + 1 < bytes.count else { throw Unknown() }
        return text
    }

    /// Passes a character that stands for itself. `>` is left to the reader: `]]>` is an error.
    @inline(__always)
    private mutating func character(_ byte: UInt8) throws {
        if byte >= 0x20, byte < 0x80, byte != UInt8(ascii: ">") {
            index += 1
        } else if byte == 0x0A || byte == 0x09 {
            index += 1
        } else {
            guard byte >= 0x80, let (value, length) = UTF8Bytes.scalar(bytes, at: index), Self.isCharacter(value) else {
                throw Unknown()
            }
            index += length
        }
    }

    /// Passes `&amp;` and its like, `&#38;` and `&#x26;`.
    private mutating func reference() throws {
        if accept("&amp;") {
            resolved.append(UInt8(ascii: "&"))
        } else if accept("&quot;") {
            resolved.append(UInt8(ascii: "\""))
        } else if accept("&lt;") {
            resolved.append(UInt8(ascii: "<"))
        } else if accept("&gt;") {
            resolved.append(UInt8(ascii: ">"))
        } else if accept("&apos;") {
            resolved.append(UInt8(ascii: "'"))
        } else {
            try expect("&#")
            try numericReference(radix: accept("x") ? 16 : 10)
        }
    }

    private mutating func numericReference(radix: UInt32) throws {
        var value: UInt32 = 0
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: ";") {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue, digit < radix, index - start < 8
            else {
                throw Unknown()
            }
            value = value * radix + UInt32(digit)
            index += 1
        }
        guard index > start, Self.isCharacter(value), let scalar = Unicode.Scalar(value) else { throw Unknown() }
        try expect(";")
        resolved.append(contentsOf: UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
    }

    /// XML 1.0, 2.2.
    private static func isCharacter(_ value: UInt32) -> Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }

    // MARK: Bytes

    private mutating func skipWhiteSpace() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x09 { index += 1 }
    }

    @inline(__always)
    private mutating func accept(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - index >= count else { return false }
        for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { return false }
        index += count
        return true
    }

    @inline(__always)
    private mutating func expect(_ text: StaticString) throws {
        guard accept(text) else { throw Unknown() }
    }
}
