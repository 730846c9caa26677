/// A constant, for SQL that cannot have parameters, such as the query of a COPY. Its description is SQL.
///
/// Text is safe whatever `standard_conforming_strings` says. Where a parameter is possible, use a parameter.
public struct PostgresLiteral: Sendable, Hashable, CustomStringConvertible {
    /// The SQL; text begins with a space, so that it can follow a keyword.
    public let description: String

    /// A text constant of type unknown, like any string in quotes. Throws `characterNotInRepertoire` for a NUL.
    public init(_ text: String) throws {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.characterNotInRepertoire, "a text constant contains a NUL")
        }
        description = " E'" + text.escapingForSQL(["'", "\\"]) + "'"
    }

    /// A constant of type `bigint`.
    public init(_ number: Int64) {
        description = "'\(number)'::pg_catalog.int8"
    }
}
