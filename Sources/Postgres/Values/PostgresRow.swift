internal import CLibPQ

/// One row of a result. Its values are decoded when they are asked for: `let id: Int64 = try row["id"]`.
public struct PostgresRow: Sendable {
    /// The names of the columns, in order.
    public let columns: [String]
    private let result: ResultHandle
    private let index: Int32

    init(columns: [String], result: ResultHandle, index: Int32) {
        self.columns = columns
        self.result = result
        self.index = index
    }

    /// The value of the first column of this name.
    ///
    /// Throws `undefinedColumn`, `nullValueNotAllowed` (decode to an optional to allow null) or
    /// `invalidTextRepresentation`. No error shows the value.
    public subscript<Value: PostgresDecodable>(name: String) -> Value {
        get throws {
            guard let column = columns.firstIndex(of: name) else {
                throw PostgresError(.undefinedColumn, "the result has no column \"\(name)\"")
            }
            return try self[column]
        }
    }

    /// The value of a column by its position, the first being 0. Throws as the access by name does.
    public subscript<Value: PostgresDecodable>(column: Int) -> Value {
        get throws {
            guard columns.indices.contains(column) else {
                throw PostgresError(.undefinedColumn, "the result has no column \(column)")
            }
            let text = text(Int32(column))
            guard let value = Value(postgresText: text) else {
                let name = columns[column]
                throw text == nil
                    ? PostgresError(.nullValueNotAllowed, "column \"\(name)\" is null")
                    : PostgresError(.invalidTextRepresentation, "column \"\(name)\" is not a value of \(Value.self)")
            }
            return value
        }
    }

    private func text(_ column: Int32) -> String? {
        guard PQgetisnull(result.pointer, index, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, index, column), count: Int(PQgetlength(result.pointer, index, column)))
        return String(decoding: bytes, as: UTF8.self)
    }
}
