internal import CLibPQ

/// Owns a `PGresult`, which never changes once libpq has handed it out: reading it from any thread is safe.
final class ResultHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// `INSERT 0 5`, `COMMIT`, `ROLLBACK`, …
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }

    /// Rows that the command changed, copied or returned; 0 for a command that says nothing about rows.
    var affectedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }
}
