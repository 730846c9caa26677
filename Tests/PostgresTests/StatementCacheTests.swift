import Testing

@testable import Postgres

@Suite struct StatementCacheTests {
    @Test func theLeastRecentlyUsedStatementMakesRoom() {
        var cache = StatementCache(limit: 2)
        let names = ["a", "b", "c"].map { _ in cache.freshName() }
        #expect(Set(names).count == 3)
        #expect(cache.insert(names[0], for: "a") == nil)
        _ = cache.freshName()
        #expect(cache.insert(names[1], for: "b") == nil)
        #expect(cache.name(of: "a") == names[0])
        #expect(cache.insert(names[2], for: "c") == names[1])
        #expect(cache.name(of: "b") == nil)
    }

    @Test func aServerKeepsNoMoreThanTheLimit() async throws {
        var settings = settings
        settings.preparedStatementLimit = 3
        try await withConnection(settings) { connection in
            for number in 0..<10 { try await connection.query("select \(number)") }
            let count: Int = try await connection.query("select count(*) from pg_prepared_statements").only[0]
            #expect(count == 3)
        }
    }

    @Test func noneArePreparedWhenSwitchedOff() async throws {
        var settings = settings
        settings.preparedStatementLimit = 0
        try await withConnection(settings) { connection in
            let count: Int = try await connection.query("select count(*) from pg_prepared_statements").only[0]
            #expect(count == 0)
        }
    }

    @Test func statementsSurviveAChangedTableAndDiscardAll() async throws {
        try await withConnection { connection in
            try await connection.execute("create temporary table t (a int); insert into t values (1)")
            let sql = "select * from t"
            #expect(try await connection.query(sql).columns == ["a"])
            try await connection.execute("alter table t add b int")
            #expect(try await connection.query(sql).columns == ["a", "b"])
            try await connection.execute("deallocate all")
            #expect(try await connection.query(sql).columns == ["a", "b"])
        }
    }

    @Test func aChangedTableFailsATransactionOnlyOnce() async throws {
        try await withConnection { connection in
            try await connection.execute("create temporary table t (a int)")
            let sql = "select * from t"
            try await connection.query(sql)
            try await connection.execute("alter table t add b int")
            let error = try await postgresError {
                try await connection.transaction { _ = try await $0.query(sql) }
            }
            #expect(error?.code == .featureNotSupported)
            let columns = try await connection.transaction { try await $0.query(sql).columns }
            #expect(columns == ["a", "b"])
        }
    }
}
