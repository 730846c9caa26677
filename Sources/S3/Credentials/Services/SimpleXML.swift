/// Reads the little XML that a token service answers with: elements and text, and nothing else.
///
/// Whatever else XML has (document types, comments, CDATA, processing instructions behind the declaration, entities besides
/// the five of XML and character references) is refused, so that none of it can do harm. Attributes are skipped.
struct SimpleXML: ContentHidden {
    /// The text of each element that has no elements in it, by the names on the way to it: `Response/Result/Name`.
    private(set) var texts: [String: String] = [:]

    private var rest: Substring.UTF8View
    private var path: [Substring] = []

    private static let maximumDepth = 16

    /// Nil for anything that is not a document of this kind, or has an element of the same path twice.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        rest = Substring(text).utf8
        if rest.starts(with: "<?xml ".utf8) {
            guard let end = rest.firstRange(of: "?>".utf8) else { return nil }
            rest = rest[end.upperBound...]
        }
        guard readElements() else { return nil }
    }

    /// Reads until the root element is closed.
    private mutating func readElements() -> Bool {
        var text = ""
        var isLeaf = false
        repeat {
            let raw = rest.prefix { $0 != UInt8(ascii: "<") }
            rest = rest[raw.endIndex...]
            guard let decoded = Self.decode(raw) else { return false }
            text = decoded
            let isBlank = decoded.trimmingASCIISpace().isEmpty
            guard let tag = readTag() else { return false }
            switch tag {
            case .open(let name, let isEmpty):
                guard isBlank, path.count < Self.maximumDepth else { return false }
                path.append(name)
                if isEmpty {
                    guard keep("") else { return false }
                    path.removeLast()
                }
                isLeaf = !isEmpty
            case .close(let name):
                guard path.last == name, isLeaf || isBlank else { return false }
                if isLeaf { guard keep(text) else { return false } }
                path.removeLast()
                isLeaf = false
            }
        } while !path.isEmpty
        return Substring(rest).trimmingASCIISpace().isEmpty
    }

    private mutating func keep(_ text: String) -> Bool {
        texts.updateValue(text, forKey: path.joined(separator: "/")) == nil
    }

    private enum Tag {
        case open(Substring, isEmpty: Bool)
        case close(Substring)
    }

    private mutating func readTag() -> Tag? {
        guard rest.first == UInt8(ascii: "<") else { return nil }
        rest = rest.dropFirst()
        let isClosing = rest.first == UInt8(ascii: "/")
        if isClosing { rest = rest.dropFirst() }
        let name = rest.prefix(while: Self.isNameByte)
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        // Quoted values may have a '>' in them.
        var quote: UInt8?
        guard
            let end = rest.firstIndex(where: { byte in
                if byte == quote {
                    quote = nil
                } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                }
                return quote == nil && byte == UInt8(ascii: ">")
            })
        else { return nil }
        let attributes = rest[..<end]
        rest = rest[end...].dropFirst()
        guard !attributes.contains(UInt8(ascii: "<")) else { return nil }
        if isClosing { return Substring(attributes).trimmingASCIISpace().isEmpty ? .close(Substring(name)) : nil }
        if let first = attributes.first, ![0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "/")].contains(first) { return nil }
        return .open(Substring(name), isEmpty: attributes.last == UInt8(ascii: "/"))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// The text that is meant; nil where a reference is not one of XML's own.
    private static func decode(_ raw: Substring.UTF8View) -> String? {
        var text = String.UnicodeScalarView()
        var rest = Substring(raw)
        while let start = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
            text.append(contentsOf: rest[..<start].unicodeScalars)
            guard let end = rest.utf8[start...].firstIndex(of: UInt8(ascii: ";")),
                let scalar = scalar(of: rest[start..<end].dropFirst())
            else { return nil }
            text.append(scalar)
            rest = Substring(rest.utf8[end...].dropFirst())
        }
        text.append(contentsOf: rest.unicodeScalars)
        return String(text)
    }

    private static func scalar(of reference: Substring) -> Unicode.Scalar? {
        switch reference {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let isHexadecimal = reference.hasPrefix("#x")
            guard reference.hasPrefix("#"), reference.utf8.count < 10 else { return nil }
            let number = UInt32(reference.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
            return number.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
    }
}
