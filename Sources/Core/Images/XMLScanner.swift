/// Reads an XML document from UTF-8, without IO and without entities of its own. Source: XML 1.0 (Fifth Edition).
///
/// What it accepts every XML parser accepts, with the same elements; it does not accept all that they do: names are in ASCII.
struct XMLScanner {
    private let text: [UInt8]
    private var place = 0
    /// The first tag's, also where the tag turned out to be broken.
    private var firstName: String?

    /// Reads a document. It has no byte order mark.
    init(_ text: [UInt8]) { self.text = text }

    /// The first element's name without its prefix; nil where there is none. Its attributes may be anything.
    mutating func rootName() -> String? {
        while firstName == nil, (try? next()) != nil {}
        return firstName.map(XMLToken.localName)
    }

    /// The next piece; nil at the end. Comments and the XML declaration are passed over.
    mutating func next() throws -> XMLToken? {
        while place < text.count {
            guard has("<") else { return .text(try characters()) }
            if has("<!--") {
                place += 4
                try skip(behind: "--")
                guard has(">") else { throw Self.malformed }
                place += 1
            } else if has("<![CDATA[") {
                place += 9
                let start = place
                try skip(behind: "]]>")
                return .text(Array(text[start..<place - 3]))
            } else if has("<!DOCTYPE") {
                return try doctype()
            } else if has("<?") {
                if let instruction = try instruction() { return instruction }
            } else if has("</") {
                place += 2
                let name = try name()
                skipSpace()
                try expect(">")
                return .end(name: name)
            } else {
                return try startTag()
            }
        }
        return nil
    }

    private mutating func startTag() throws -> XMLToken {
        place += 1
        let tag = try name()
        firstName = firstName ?? tag
        var attributes: [XMLAttribute] = []
        var names: Set<String> = []
        while true {
            let hadSpace = skipSpace()
            if has("/>") || has(">") { break }
            guard hadSpace, attributes.count < Self.maximumAttributes else { throw Self.malformed }
            let attribute = try name()
            guard names.insert(attribute).inserted else { throw Self.malformed }
            skipSpace()
            try expect("=")
            skipSpace()
            attributes.append(XMLAttribute(name: attribute, value: try value()))
        }
        let isEmpty = has("/>")
        place += isEmpty ? 2 : 1
        return .start(name: tag, attributes: attributes, isEmpty: isEmpty)
    }

    private mutating func value() throws -> [UInt8] {
        guard place < text.count, text[place] == Self.quote || text[place] == Self.apostrophe else {
            throw Self.malformed
        }
        let end = text[place]
        place += 1
        var value: [UInt8] = []
        while place < text.count, text[place] != end {
            switch text[place] {
            case UInt8(ascii: "<"): throw Self.malformed
            case UInt8(ascii: "&"): try reference(into: &value)
            default:
                value.append(text[place])
                place += 1
            }
        }
        guard place < text.count else { throw Self.malformed }
        place += 1
        return value
    }

    private mutating func characters() throws -> [UInt8] {
        var characters: [UInt8] = []
        while place < text.count, text[place] != UInt8(ascii: "<") {
            if text[place] == UInt8(ascii: "&") {
                try reference(into: &characters)
            } else {
                guard text[place] != UInt8(ascii: "]") || !has("]]>") else { throw Self.malformed }
                characters.append(text[place])
                place += 1
            }
        }
        return characters
    }

    /// Replaces a reference to a character, or to one of the five entities that every document has.
    private mutating func reference(into bytes: inout [UInt8]) throws {
        let start = place + 1
        guard let end = text[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw Self.malformed }
        let name = String(decoding: text[start..<end], as: UTF8.self)
        place = end + 1
        switch name {
        case "amp": bytes.append(UInt8(ascii: "&"))
        case "lt": bytes.append(UInt8(ascii: "<"))
        case "gt": bytes.append(UInt8(ascii: ">"))
        case "quot": bytes.append(Self.quote)
        case "apos": bytes.append(Self.apostrophe)
        default:
            let isHex = name.hasPrefix("#x")
            let digits = name.dropFirst(isHex ? 2 : 1)
            guard name.hasPrefix("#"), digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-"),
                let code = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(code),
                code >= 0x20 || code == 0x09 || code == 0x0A || code == 0x0D, code != 0xFFFE, code != 0xFFFF
            else { throw Self.malformed }
            bytes += Array(String(scalar).utf8)
        }
    }

    private mutating func instruction() throws -> XMLToken? {
        let isFirst = place == 0
        place += 2
        let target = try name()
        if target.lowercased() == "xml" {
            guard isFirst, target == "xml" else { throw Self.malformed }
            try declaration()
            return nil
        }
        let start = place
        try skip(behind: "?>")
        guard start == place - 2 || Self.isSpace(text[start]) else { throw Self.malformed }
        return .instruction(target: target)
    }

    /// Reads what the XML declaration tells: a version, and what else there may be, in this order.
    private mutating func declaration() throws {
        var names = ["version", "encoding", "standalone"][...]
        while skipSpace(), !has("?>") {
            let name = try name()
            guard let index = names.firstIndex(of: name), index == 0 || names.startIndex > 0
            else { throw Self.malformed }
            names = names[(index + 1)...]
            skipSpace()
            try expect("=")
            skipSpace()
            let value = String(decoding: try literal(), as: UTF8.self)
            guard Self.isDeclared(value, as: name) else { throw Self.malformed }
        }
        guard names.startIndex > 0 else { throw Self.malformed }
        try expect("?>")
    }

    /// How one with an internal subset goes on is not looked at: far enough for finding the root, and nothing to be believed.
    private mutating func doctype() throws -> XMLToken {
        place += 9
        guard skipSpace() else { throw Self.malformed }
        _ = try name()
        if skipSpace(), !has("["), !has(">") {
            let isPublic = has("PUBLIC")
            try expect(isPublic ? "PUBLIC" : "SYSTEM")
            if isPublic {
                guard skipSpace(), try literal().allSatisfy(Self.isPublicIdentifier) else { throw Self.malformed }
            }
            guard skipSpace() else { throw Self.malformed }
            _ = try literal()
            skipSpace()
        }
        let hasSubset = has("[")
        if hasSubset { try skipSubset() } else { try expect(">") }
        return .doctype(hasSubset: hasSubset)
    }

    /// What stands between quotes, as it is.
    private mutating func literal() throws -> ArraySlice<UInt8> {
        guard place < text.count, text[place] == Self.quote || text[place] == Self.apostrophe,
            let end = text[(place + 1)...].firstIndex(of: text[place])
        else { throw Self.malformed }
        defer { place = end + 1 }
        return text[(place + 1)..<end]
    }

    private mutating func skipSubset() throws {
        while place < text.count {
            if has("<!--") {
                place += 4
                try skip(behind: "-->")
            } else if has("]") {
                place += 1
                skipSpace()
                return try expect(">")
            } else if text[place] == Self.quote || text[place] == Self.apostrophe {
                guard let end = text[(place + 1)...].firstIndex(of: text[place]) else { throw Self.malformed }
                place = end + 1
            } else {
                place += 1
            }
        }
        throw Self.malformed
    }

    private mutating func name() throws -> String {
        let start = place
        guard place < text.count, Self.isNameStart(text[place]) else { throw Self.malformed }
        while place < text.count, Self.isNameStart(text[place]) || Self.isNamePart(text[place]) { place += 1 }
        return String(decoding: text[start..<place], as: UTF8.self)
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = place
        while place < text.count, Self.isSpace(text[place]) { place += 1 }
        return place > start
    }

    private mutating func skip(behind mark: StaticString) throws {
        while place < text.count, text[place] != mark.bytes[0] || !has(mark) { place += 1 }
        guard place < text.count else { throw Self.malformed }
        place += mark.utf8CodeUnitCount
    }

    private mutating func expect(_ mark: StaticString) throws {
        guard has(mark) else { throw Self.malformed }
        place += mark.utf8CodeUnitCount
    }

    private func has(_ mark: StaticString) -> Bool {
        let count = mark.utf8CodeUnitCount
        guard text.count - place >= count else { return false }
        for index in 0..<count where text[place + index] != mark.bytes[index] { return false }
        return true
    }

    /// Whether an XML declaration may give a name this value.
    private static func isDeclared(_ value: String, as name: String) -> Bool {
        switch name {
        case "version": value.hasPrefix("1.") && value.utf8.count > 2 && value.utf8.dropFirst(2).allSatisfy(isDigit)
        case "standalone": value == "yes" || value == "no"
        default:
            value.utf8.first.map { isNameStart($0) && $0 != 0x3A && $0 != 0x5F } ?? false
                && value.utf8.allSatisfy { $0 != 0x3A && (isNameStart($0) || isNamePart($0)) }
        }
    }

    private static func isPublicIdentifier(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || " \r\n-'()+,./:=?;!*#@$_%".utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x3A
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == 0x2D || byte == 0x2E
    }

    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")
    private static let maximumAttributes = 1_024
    private static let malformed = ContentError(
        .malformed, "The document is not well-formed XML: save it anew, as plain SVG in UTF-8.")
}
