import Postgres
import Testing

@Suite struct ErrorTests {
    @Test(
        "Errors carry their SQLSTATE",
        arguments: [
            ("select 1/0", "22012"), ("selec", "42601"), ("select * from no_such_table", "42P01"),
            ("select no_such_function()", "42883"), ("select 'x'::int", "22P02"),
            ("do $$ begin raise exception 'own' using errcode = 'P0042'; end $$", "P0042"),
        ])
    func code(_ sql: String, _ code: String) async throws {
        try await withConnection { connection in
            let error = try await postgresError { try await connection.query(sql) }
            #expect(error?.code == SQLState(rawValue: code))
            #expect(error?.isRetryable == false)
            #expect(try await connection.query("select 1").count == 1)
        }
    }

    @Test func aUniqueViolationNamesItsConstraintAndHidesTheRow() async throws {
        try await withConnection { connection in
            try await connection.execute("create temporary table person (email text constraint one_email unique)")
            let insert = "insert into person values ($1)"
            try await connection.query(insert, ["secret@example.org"])
            let error = try #require(
                try await postgresError { try await connection.query(insert, ["secret@example.org"]) })
            #expect(error.code == .uniqueViolation)
            #expect(error.constraint == "one_email")
            #expect(!"\(error)".contains("secret"))
            #expect(error.debugDescription.contains("secret@example.org"))
        }
    }

    @Test func aBusyLockIsRetryable() async throws {
        try await withConnection { first in
            try await withConnection { second in
                try await first.query("select pg_advisory_lock(hashtext('aBusyLockIsRetryable'))")
                let error = try await postgresError {
                    try await second.execute(
                        "set lock_timeout = '20ms'; select pg_advisory_lock(hashtext('aBusyLockIsRetryable'))")
                }
                #expect(error?.code == .lockNotAvailable)
                #expect(error?.isRetryable == true)
            }
        }
    }

    @Test func aScriptStopsAtItsFirstErrorAndLeavesNothing() async throws {
        try await withConnection { connection in
            let error = try await postgresError {
                try await connection.execute("create temporary table t (a int); select 1/0; select 2")
            }
            #expect(error?.code == SQLState(rawValue: "22012"))
            let missing = try await postgresError { try await connection.query("select * from t") }
            #expect(missing?.code == .undefinedTable)
        }
    }

    @Test("COPY in a plain call is refused and harmless", arguments: ["copy t from stdin", "copy t to stdout"])
    func copyInAPlainCall(_ sql: String) async throws {
        try await withConnection { connection in
            try await connection.execute("create temporary table t (a int); insert into t values (1)")
            for _ in 0..<2 {
                let error = try await postgresError { try await connection.execute(sql) }
                #expect(error?.code == .featureNotSupported)
            }
            #expect(try await connection.query("select a from t").only[0] == 1)
        }
    }

    @Test func aTerminatedConnectionReportsItAndStaysClosed() async throws {
        try await withConnection { observer in
            try await withConnection { connection in
                try await terminate(connection.backendPID, by: observer)
                let first = try await postgresError { try await connection.query("select 1") }
                #expect(first?.code == .adminShutdown)
                #expect(first?.isConnectionFailure == true && first?.isRetryable == true)
                let second = try await postgresError { try await connection.query("select 1") }
                #expect(second?.code == .adminShutdown)
                #expect(await !connection.isAlive)
            }
        }
    }

    @Test func aClosedConnectionSaysSo() async throws {
        let connection = try await PostgresConnection.connect(settings)
        await connection.close()
        await connection.close()
        let error = try await postgresError { try await connection.query("select 1") }
        #expect(error?.code == .connectionDoesNotExist)
    }

    @Test func noticesReachTheirHandler() async throws {
        let (notices, continuation) = AsyncStream.makeStream(of: PostgresNotice.self)
        var settings = settings
        settings.onNotice = { continuation.yield($0) }
        try await withConnection(settings) { connection in
            try await connection.execute(
                "do $$ begin raise warning 'look out' using hint = 'duck', errcode = '01042'; end $$")
        }
        continuation.finish()
        var received: [PostgresNotice] = []
        for await notice in notices { received.append(notice) }
        #expect(received.map(\.severity) == ["WARNING"])
        #expect(received.map(\.message) == ["look out"])
        #expect(received.map(\.hint) == ["duck"])
        #expect(received.map(\.code.rawValue) == ["01042"])
    }
}
