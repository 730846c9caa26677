/// Text as UTF-8, whatever it was written in.
enum TextDecoder {
    /// The text at the beginning of bytes, for telling its form; nil where they are none.
    ///
    /// Bytes are text if none of them is a control character that text does not have. Source: WHATWG MIME Sniffing, 3.
    static func decode(head: [UInt8]) -> [UInt8]? {
        if let order = wideOrder(of: head) { return wide(head, order) }
        let text = withoutMark(head)
        return text.contains(where: isBinary) ? nil : Array(text)
    }

    /// The whole text of an XML document, and nothing that is not text in XML; nil where it is not.
    ///
    /// UTF-8, UTF-16 and what their declaration says of ASCII and ISO-8859-1 are known. Source: XML 1.0, 2.2 and 4.3.3.
    static func decode(document bytes: [UInt8]) -> [UInt8]? {
        let text: [UInt8]
        if let order = wideOrder(of: bytes) {
            guard let decoded = wide(bytes, order) else { return nil }
            text = decoded
        } else {
            let unmarked = Array(withoutMark(bytes))
            switch declaredEncoding(of: unmarked) {
            case nil, "utf-8", "utf8", "us-ascii", "ascii": text = unmarked
            case "iso-8859-1", "latin1": text = unmarked.flatMap { Array(String(Unicode.Scalar($0)).utf8) }
            default: return nil
            }
        }
        return isValid(text) ? text : nil
    }

    private static func isValid(_ text: [UInt8]) -> Bool {
        // XML has neither control characters nor U+FFFE and U+FFFF.
        !text.contains(where: isControl) && String(validating: text, as: UTF8.self) != nil
            && !text.indices.dropLast(2).contains {
                text[$0] == 0xEF && text[$0 + 1] == 0xBF && text[$0 + 2] >= 0xBE
            }
    }

    /// The order of the bytes of UTF-16, by its mark or by a document's first character.
    private static func wideOrder(of bytes: [UInt8]) -> ByteOrder? {
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0, 0x3C, 0]) { return .big }
        guard bytes.starts(with: [0xFF, 0xFE]) || (bytes.starts(with: [0x3C, 0]) && bytes.count > 3 && bytes[3] == 0)
        else { return nil }
        return .little
    }

    /// UTF-16 as UTF-8; nil where it cannot be text. A character that is cut off at the end is left out.
    private static func wide(_ bytes: [UInt8], _ order: ByteOrder) -> [UInt8]? {
        var units: [UInt16] = []
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            units.append(UInt16(order.combine(bytes[index..<index + 2])))
        }
        if units.first == 0xFEFF { units.removeFirst() }
        if let last = units.last, UTF16.isLeadSurrogate(last) { units.removeLast() }
        guard let text = String(validating: units, as: UTF16.self) else { return nil }
        let decoded = Array(text.utf8)
        return decoded.contains(where: isBinary) ? nil : decoded
    }

    private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// The encoding that an XML declaration names, in lower case.
    private static func declaredEncoding(of text: [UInt8]) -> String? {
        guard text.starts(with: "<?xml".utf8) else { return nil }
        let declaration = String(decoding: text.prefix(256).prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
        guard let start = declaration.firstRange(of: "encoding")?.upperBound else { return nil }
        let name = declaration[start...].drop { $0 == " " || $0 == "=" || $0 == "\"" || $0 == "'" }
        return name.prefix { $0 != "\"" && $0 != "'" }.lowercased()
    }

    private static func isBinary(_ byte: UInt8) -> Bool {
        byte <= 0x08 || byte == 0x0B || (0x0E...0x1A).contains(byte) || (0x1C...0x1F).contains(byte)
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
    }
}
