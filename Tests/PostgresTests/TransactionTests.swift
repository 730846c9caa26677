import Postgres
import Testing

@Suite struct TransactionTests {
    /// A connection with an empty temporary table `t`.
    func withTable(_ body: (PostgresConnection) async throws -> Void) async throws {
        try await withConnection { connection in
            try await connection.execute("create temporary table t (a int unique deferrable initially deferred)")
            try await body(connection)
        }
    }

    func count(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query("select count(*) from t").only[0]
    }

    @Test func whatReturnsIsCommitted() async throws {
        try await withTable { connection in
            let result = try await connection.transaction { transaction in
                try await transaction.query("insert into t values (1)")
                return "done"
            }
            #expect(result == "done")
            #expect(await !connection.isInTransaction)
            #expect(try await count(connection) == 1)
        }
    }

    @Test func whatThrowsIsRolledBack() async throws {
        struct Stop: Error {}
        try await withTable { connection in
            await #expect(throws: Stop.self) {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    throw Stop()
                }
            }
            #expect(await !connection.isInTransaction)
            let rows = try await count(connection)
            #expect(rows == 0)
        }
    }

    @Test func aSwallowedErrorIsReportedAtTheEnd() async throws {
        try await withTable { connection in
            let error = try await postgresError {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    _ = try? await transaction.query("select 1/0")
                }
            }
            #expect(error?.code == .inFailedSQLTransaction)
            let rows = try await count(connection)
            #expect(rows == 0)
        }
    }

    @Test func anErrorOfCommitIsThrown() async throws {
        try await withTable { connection in
            let error = try await postgresError {
                try await connection.transaction { transaction in
                    _ = try await transaction.query("insert into t values (1), (1)")
                }
            }
            #expect(error?.code == .uniqueViolation)
            let rows = try await count(connection)
            #expect(rows == 0)
        }
    }

    @Test func transactionsDoNotNest() async throws {
        try await withTable { connection in
            let error = try await postgresError {
                try await connection.transaction { transaction in
                    try await transaction.transaction { _ in }
                }
            }
            #expect(error?.code == .activeSQLTransaction)
        }
    }

    @Test func isolationAndReadOnlyReachTheServer() async throws {
        try await withTable { connection in
            try await connection.transaction(isolation: .serializable, readOnly: true) { transaction in
                let row = try await transaction.query(
                    "select current_setting('transaction_isolation'), current_setting('transaction_read_only')"
                ).only
                #expect(try row[0] == "serializable")
                #expect(try row[1] == "on")
            }
        }
    }

    @Test func aCancelledTaskIsRolledBackEvenWhenItsBodyReturns() async throws {
        try await withTable { connection in
            let task = Task {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(await !connection.isInTransaction)
            let rows = try await count(connection)
            #expect(rows == 0)
        }
    }
}
