/// A type that can be read from PostgreSQL's text form of a value.
public protocol PostgresDecodable {
    /// Reads a value; nil stands for null. Returns nil for what is not a value of this type.
    init?(postgresText text: String?)
}

extension String: PostgresDecodable {
    /// Any text.
    public init?(postgresText text: String?) {
        guard let text else { return nil }
        self = text
    }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    /// Decimal digits within the type's range.
    public init?(postgresText text: String?) {
        guard let text, let value = Self(text) else { return nil }
        self = value
    }
}

extension Int: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int64: PostgresDecodable {}

extension Bool: PostgresDecodable {
    /// `t` or `f`.
    public init?(postgresText text: String?) {
        switch text {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
}

extension Double: PostgresDecodable {
    /// A number, `Infinity`, `-Infinity` or `NaN`.
    public init?(postgresText text: String?) {
        guard let text, let value = Double(text) else { return nil }
        self = value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Null is nil; anything else must be a value of the wrapped type.
    public init?(postgresText text: String?) {
        guard let text else {
            self = .none
            return
        }
        guard let value = Wrapped(postgresText: text) else { return nil }
        self = .some(value)
    }
}
