import Postgres
import Testing

@Suite(.timeLimit(.minutes(15))) struct CancellationTests {
    /// Starts `work`, which would take hours, on a connection, cancels it once the server runs a statement with `fragment`,
    /// and checks that the task ends with CancellationError and leaves the connection usable. The suite's time limit is
    /// what notices that it does not end.
    func cancelling(
        _ fragment: String, settings: PostgresSettings = settings,
        _ work: @escaping @Sendable (PostgresConnection) async throws -> Void
    ) async throws {
        try await withConnection { observer in
            try await withConnection(settings) { connection in
                let pid = try await connection.backendPID
                let task = Task { try await work(connection) }
                try await waitUntilRunning(fragment, in: pid, seenBy: observer)
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(try await connection.query("select 1").only[0] == 1)
                #expect(await !connection.isInTransaction)
            }
        }
    }

    @Test("A long statement", arguments: [0, 64]) func query(_ preparedStatementLimit: Int) async throws {
        var settings = settings
        settings.preparedStatementLimit = preparedStatementLimit
        try await cancelling("pg_sleep(8630)", settings: settings) { try await $0.query("select pg_sleep(8630)") }
    }

    @Test func aLongScript() async throws {
        try await cancelling("pg_sleep(8631)") { try await $0.execute("select 1; select pg_sleep(8631)") }
    }

    @Test func aStatementInATransaction() async throws {
        try await cancelling("pg_sleep(8632)") { connection in
            try await connection.transaction { _ = try await $0.query("select pg_sleep(8632)") }
        }
    }

    @Test func aLongCopyOut() async throws {
        let sql = "copy (select generate_series(1, 1000000000000)) to stdout (format binary)"
        try await cancelling("generate_series(1, 1000000000000)") { connection in
            try await connection.copyOut(sql) { row in _ = try row.int8(0) }
        }
    }

    @Test func aCopyOutInBatches() async throws {
        let sql = "copy (select generate_series(1, 1000000000001)) to stdout (format binary)"
        try await cancelling("generate_series(1, 1000000000001)") { connection in
            try await connection.withCopyOut(sql, decode: { try $0.int8(0) }) { batches in
                for try await _ in batches {}
            }
        }
    }

    @Test func anEndlessCopyIn() async throws {
        // A check that fails at the end makes sure that nothing fills the disk if the cancellation fails.
        try await cancelling("copy endless from stdin") { connection in
            try await connection.execute(
                """
                create temporary table endless (a int8);
                create function pg_temp.ignore() returns trigger language plpgsql as $$ begin return null; end $$;
                create trigger ignore before insert on endless for each row execute function pg_temp.ignore()
                """)
            try await connection.copyIn("copy endless from stdin (format binary)") { writer in
                while true {
                    try writer.beginRow(columns: 1)
                    writer.append(Int64(1))
                }
            }
        }
    }

    @Test func aCopyInThatWaitsForALock() async throws {
        try await withConnection { blocker in
            try await blocker.execute("drop table if exists copy_lock_test; create table copy_lock_test (a int8)")
            try await blocker.execute("begin; lock table copy_lock_test")
            try await cancelling("copy copy_lock_test from stdin") { connection in
                try await connection.copyIn("copy copy_lock_test from stdin (format binary)") { _ in }
            }
            try await blocker.execute("commit; drop table copy_lock_test")
        }
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        try await withConnection { connection in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.query("select 1")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("A cancellation at any moment ends the statement", arguments: [0, 1])
    func anyMoment(_ preparedStatementLimit: Int) async throws {
        var settings = settings
        settings.preparedStatementLimit = preparedStatementLimit
        try await withConnection(settings) { connection in
            for round in 0..<100 {
                // Another text each time, so that it is prepared, and another one deallocated, each time.
                let task = Task { _ = try await connection.query("select pg_sleep(8633), \(round)") }
                for _ in 0..<(round % 20) { await Task.yield() }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            try await connection.ping()
        }
    }

    @Test func aLateCancellationNeverHitsTheNextStatement() async throws {
        try await withConnection { connection in
            for _ in 0..<300 {
                let task = Task { _ = try await connection.query("select 1") }
                await Task.yield()
                task.cancel()
                _ = await task.result
                let next: Int = try await connection.query("select 2").only[0]
                #expect(next == 2)
            }
        }
    }

    @Test func aStatementTimeoutIsAnErrorNotACancellation() async throws {
        try await withConnection { connection in
            try await connection.execute("set statement_timeout = '20ms'")
            let error = try await postgresError { try await connection.query("select pg_sleep(8630)") }
            #expect(error?.code == .queryCanceled)
        }
    }
}
