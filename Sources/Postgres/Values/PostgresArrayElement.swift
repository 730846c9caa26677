/// A type of which arrays can be read: `[String]` and `[Int64]`, with or without nulls, and `[UInt8]` for `bytea`.
public protocol PostgresArrayElement {
    /// Reads the text form of a whole array (or `bytea`). Returns nil for what is not one.
    static func array(postgresText text: String) -> [Self]?
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// A one-dimensional array, or `bytea` for bytes.
    public init?(postgresText text: String?) {
        guard let text, let elements = Element.array(postgresText: text) else { return nil }
        self = elements
    }
}

extension PostgresArrayElement where Self: PostgresDecodable {
    /// Every element must be a value of this type.
    public static func array(postgresText text: String) -> [Self]? {
        guard let texts = ArrayLiteral.decode(text) else { return nil }
        let elements = texts.compactMap(Self.init(postgresText:))
        return elements.count == texts.count ? elements : nil
    }
}

extension String: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Optional: PostgresArrayElement where Wrapped: PostgresDecodable {}

extension UInt8: PostgresArrayElement {
    /// `bytea` in its hex form, `\x0aff`, which is the server's default.
    public static func array(postgresText text: String) -> [UInt8]? {
        let digits = text.utf8.dropFirst(2)
        guard text.utf8.starts(with: #"\x"#.utf8), digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = hexValue(digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
