import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct PoolTests {
    func withPool<Result>(_ maximum: Int, _ body: (PostgresPool) async throws -> Result) async throws -> Result {
        let pool = PostgresPool(settings, maximum: maximum)
        do {
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    @Test func neverMoreThanTheMaximumAreBorrowed() async throws {
        try await withPool(3) { pool in
            let borrowed = Shared((now: 0, most: 0))
            try await withThrowingTaskGroup { group in
                for _ in 0..<60 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            borrowed.withLock {
                                $0.now += 1
                                $0.most = max($0.most, $0.now)
                            }
                            try await connection.query("select 1")
                            borrowed.withLock { $0.now -= 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(borrowed.withLock { $0.most } <= 3)
            #expect(pool.connectionCount <= 3)
        }
    }

    @Test func whoComesFirstIsServedFirst() async throws {
        try await withPool(1) { pool in
            let order = Shared<[Int]>([])
            try await withThrowingTaskGroup { group in
                try await pool.withConnection { _ in
                    for number in 0..<5 {
                        group.addTask { try await pool.withConnection { _ in order.withLock { $0.append(number) } } }
                        try await eventually("waiter \(number)") { pool.waiterCount == number + 1 }
                    }
                }
                try await group.waitForAll()
            }
            #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
        }
    }

    @Test func surplusIdleConnectionsAreClosed() async throws {
        try await withPool(4) { pool in
            try await pool.withConnection { first in
                try await pool.withConnection { second in
                    try await pool.withConnection { _ in
                        await pool.closeIdle(keeping: 0)
                        try await first.query("select 1")
                        try await second.query("select 1")
                    }
                    #expect(pool.connectionCount == 3)
                    await pool.closeIdle(keeping: 0)
                    #expect(pool.connectionCount == 2)
                }
            }
            let last = try await pool.withConnection { try await $0.backendPID }
            await pool.closeIdle(keeping: 5)
            #expect(pool.connectionCount == 2)
            await pool.closeIdle(keeping: 1)
            #expect(pool.connectionCount == 1)
            // The one that was used last stays, and others are opened again.
            try await pool.withConnection { one in
                #expect(try await one.backendPID == last)
                try await pool.query("select 1")
            }
            #expect(pool.connectionCount == 2)
        }
    }

    @Test func connectionsAreReused() async throws {
        try await withPool(2) { pool in
            let first = try await pool.withConnection { try await $0.backendPID }
            let second = try await pool.withConnection { try await $0.backendPID }
            #expect(first == second)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test func anIdleConnectionThatWasTerminatedIsReplacedUnnoticed() async throws {
        try await withPool(1) { pool in
            let first = try await pool.withConnection { try await $0.backendPID }
            try await withConnection { observer in try await terminate(first, by: observer) }
            let second = try await pool.withConnection { connection in
                try await connection.query("select 1")
                return try await connection.backendPID
            }
            #expect(first != second)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test func aConnectionThatBreaksWhileBorrowedIsDropped() async throws {
        try await withPool(1) { pool in
            let error = try await postgresError {
                try await pool.withConnection { connection in
                    let pid = try await connection.backendPID
                    try await withConnection { observer in try await terminate(pid, by: observer) }
                    try await connection.query("select 1")
                }
            }
            #expect(error?.isConnectionFailure == true)
            #expect(pool.connectionCount == 0)
            #expect(try await pool.withConnection { try await $0.query("select 1").count } == 1)
        }
    }

    @Test func whatAUserLeavesOpenIsEnded() async throws {
        try await withPool(1) { pool in
            let notifications = try await pool.withConnection { connection in
                let notifications = try await connection.listen(to: ["pool_9"])
                try await connection.execute("begin; create temporary table t (); select pg_notify('pool_9', '')")
                return notifications
            }
            for try await _ in notifications { Issue.record("the transaction was not rolled back") }
            try await pool.withConnection { connection in
                #expect(await !connection.isInTransaction)
                let sql = "select (select count(*) from pg_listening_channels()), to_regclass('pg_temp.t')"
                let row = try await connection.query(sql).only
                #expect(try row[0] == 0)
                #expect(try row[1] as String? == nil)
            }
        }
    }

    @Test func aSingleStatementBorrowsGivesBackAndReplaces() async throws {
        try await withPool(1) { pool in
            let sql = "select pg_backend_pid()"
            let first: Int = try await pool.query(sql).only[0]
            #expect(try await pool.query(sql).only[0] == first)
            try await withConnection { observer in try await terminate(Int32(first), by: observer) }
            let second: Int = try await pool.query("\(sql) where $1", [.bool(true)]).only[0]
            #expect(second != first)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test func aSingleStatementThatFailsOrLeavesSomethingOpenHarmsNobodyAfterIt() async throws {
        try await withPool(1) { pool in
            let error = try await postgresError { try await pool.query("select 1 / $1::int", [.int(0)]) }
            #expect(error?.code == SQLState(rawValue: "22012"))
            try await pool.query("begin")
            try await pool.withConnection { connection in #expect(await !connection.isInTransaction) }
            let broken = try await postgresError {
                try await pool.query("select pg_terminate_backend(pg_backend_pid())")
            }
            #expect(broken?.isConnectionFailure == true)
            #expect(pool.connectionCount == 0)
            #expect(try await pool.query("select 1").count == 1)
        }
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        try await withPool(1) { pool in
            try await pool.withConnection { _ in
                let task = Task { try await pool.withConnection { _ in } }
                try await eventually("the task waits") { pool.waiterCount == 1 }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(pool.waiterCount == 0)
            }
            #expect(try await pool.withConnection { try await $0.query("select 1").count } == 1)
        }
    }

    @Test func aFailedConnectionFreesItsPlace() async throws {
        let pool = PostgresPool(PostgresSettings("host=/nonexistent"), maximum: 1)
        for _ in 0..<3 {
            let error = try await postgresError { try await pool.withConnection { _ in } }
            #expect(error?.code == .connectionNotEstablished)
        }
        #expect(pool.connectionCount == 0)
    }

    @Test func closingEndsWaitersAndLaterUse() async throws {
        let pool = PostgresPool(settings, maximum: 1)
        try await pool.withConnection { connection in
            let task = Task { try await pool.withConnection { _ in } }
            try await eventually("the task waits") { pool.waiterCount == 1 }
            await pool.close()
            let waiting = try await postgresError { try await task.value }
            #expect(waiting?.code == .connectionDoesNotExist)
            #expect(try await connection.query("select 1").count == 1)
        }
        #expect(pool.connectionCount == 0)
        let late = try await postgresError { try await pool.withConnection { _ in } }
        #expect(late?.code == .connectionDoesNotExist)
    }
}
