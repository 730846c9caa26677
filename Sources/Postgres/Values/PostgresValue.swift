/// A parameter of a statement.
///
/// Literals work in place: `[1, "name", nil, true]`. PostgreSQL infers the type from where the parameter stands.
public enum PostgresValue: Sendable, Hashable {
    /// SQL's null.
    case null
    /// Text, or anything that PostgreSQL reads from text: a timestamp, an uuid, jsonb.
    case string(String)
    /// An integer of any size.
    case int64(Int64)
    /// A truth value.
    case bool(Bool)
    /// A floating-point number, infinities and NaN included.
    case double(Double)
    /// `bytea`.
    case bytes([UInt8])
    /// `text[]`, with nulls where there is nil.
    case strings([String?])
    /// `bigint[]`, with nulls where there is nil.
    case int64s([Int64?])

    /// Text, or null for nil.
    public static func string(orNull value: String?) -> PostgresValue { value.map(PostgresValue.string) ?? .null }

    /// An integer, or null for nil.
    public static func int64(orNull value: Int64?) -> PostgresValue { value.map(PostgresValue.int64) ?? .null }

    /// `bytea`, or null for nil.
    public static func bytes(orNull value: [UInt8]?) -> PostgresValue { value.map(PostgresValue.bytes) ?? .null }

    /// An integer.
    public static func int(_ value: Int) -> PostgresValue { .int64(Int64(value)) }
}

extension PostgresValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// `.string`
    public init(stringLiteral value: String) { self = .string(value) }
    /// `.int64`
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// `.double`
    public init(floatLiteral value: Double) { self = .double(value) }
    /// `.bool`
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `.null`
    public init(nilLiteral: ()) { self = .null }
}
