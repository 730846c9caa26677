/// A quoted name, for SQL that cannot have parameters. Its description is SQL: `"my table"`, `"schema"."table"`.
public struct PostgresIdentifier: Sendable, Hashable, CustomStringConvertible {
    /// The quoted SQL.
    public let description: String

    /// Quotes a name, optionally within a schema.
    ///
    /// Throws `invalidParameterValue` for an empty name or one with a NUL. PostgreSQL cuts names off after 63 bytes.
    public init(_ name: String, schema: String? = nil) throws {
        let quoted = try Self.quote(name)
        description = try schema.map { try Self.quote($0) + "." + quoted } ?? quoted
    }

    private static func quote(_ name: String) throws -> String {
        guard !name.isEmpty, !name.utf8.contains(0) else {
            throw PostgresError(.invalidParameterValue, "a name must not be empty or contain a NUL")
        }
        return "\"" + name.escapingForSQL(["\""]) + "\""
    }
}

extension String {
    /// Doubles the given characters, scalar by scalar: in Swift, a quote followed by a combining mark is another character.
    func escapingForSQL(_ doubled: [Unicode.Scalar]) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if doubled.contains(scalar) { escaped.append(scalar) }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
