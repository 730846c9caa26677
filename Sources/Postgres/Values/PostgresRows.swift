internal import CLibPQ

/// The result of a statement: its rows, in memory, and how many the statement changed.
public struct PostgresRows: RandomAccessCollection, Sendable {
    /// The names of the columns, in order.
    public let columns: [String]
    /// Rows that an INSERT, UPDATE, DELETE, MERGE or COPY changed, or that a SELECT returned.
    public let affectedRows: Int
    private let result: ResultHandle
    private let rowCount: Int

    init(_ result: ResultHandle) {
        self.result = result
        rowCount = Int(PQntuples(result.pointer))
        affectedRows = result.affectedRows
        columns = (0..<PQnfields(result.pointer)).map { String(cString: PQfname(result.pointer, $0)) }
    }

    /// 0
    public var startIndex: Int { 0 }

    /// The number of rows.
    public var endIndex: Int { rowCount }

    /// A row, by its position.
    public subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < rowCount, "row \(position) of \(rowCount)")
        return PostgresRow(columns: columns, result: result, index: Int32(position))
    }

    /// The only row. Throws `invalidParameterValue` when there is none or more than one.
    public var only: PostgresRow {
        get throws {
            guard rowCount == 1 else {
                throw PostgresError(.invalidParameterValue, "expected one row, found \(rowCount)")
            }
            return self[0]
        }
    }
}
