/// PostgreSQL's text form of one-dimensional arrays: `{1,NULL,3}`, `{"a","b \"quoted\"",NULL}` (section 8.15.6 of the
/// manual).
enum ArrayLiteral {
    static func encode(_ numbers: [Int64?]) -> String {
        "{" + numbers.map { $0.map { String($0) } ?? "NULL" }.joined(separator: ",") + "}"
    }

    /// Quotes every text, so that neither an empty one nor the word NULL is mistaken.
    static func encode(_ texts: [String?]) -> String {
        var literal: [UInt8] = [UInt8(ascii: "{")]
        for (index, text) in texts.enumerated() {
            if index > 0 { literal.append(UInt8(ascii: ",")) }
            guard let text else {
                literal.append(contentsOf: "NULL".utf8)
                continue
            }
            literal.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { literal.append(UInt8(ascii: "\\")) }
                literal.append(byte)
            }
            literal.append(UInt8(ascii: "\""))
        }
        literal.append(UInt8(ascii: "}"))
        return String(decoding: literal, as: UTF8.self)
    }

    /// Reads such a text. Returns nil for what is not one, or has more than one dimension, or bounds of its own.
    static func decode(_ literal: String) -> [String?]? {
        var bytes = literal.utf8[...]
        guard bytes.popFirst() == UInt8(ascii: "{"), bytes.popLast() == UInt8(ascii: "}") else { return nil }
        guard !bytes.isEmpty else { return [] }
        var elements: [String?] = []
        while true {
            guard let element = nextElement(&bytes) else { return nil }
            elements.append(element)
            switch bytes.popFirst() {
            case nil: return elements
            case UInt8(ascii: ","): continue
            default: return nil
            }
        }
    }

    /// The outer optional says whether there was an element, the inner one whether it was not null.
    private static func nextElement(_ bytes: inout Substring.UTF8View) -> String?? {
        guard bytes.first == UInt8(ascii: "\"") else {
            let word = Array(bytes.prefix { $0 != UInt8(ascii: ",") })
            bytes = bytes.dropFirst(word.count)
            let special = "{}\"\\".utf8
            guard !word.isEmpty, !word.contains(where: special.contains) else { return nil }
            return .some(word.elementsEqual("NULL".utf8) ? nil : String(decoding: word, as: UTF8.self))
        }
        bytes.removeFirst()
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = bytes.popFirst() else { return nil }
                text.append(escaped)
            default:
                text.append(byte)
            }
        }
        return nil
    }
}
