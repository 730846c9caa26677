import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(15))) struct ConnectionLifeTests {
    @Test func aConnectionThatNobodyHoldsIsClosed() async throws {
        try await withConnection { observer in
            let pid = try await PostgresConnection.connect(settings).backendPID
            try await eventually("the backend ends") {
                let sql = "select count(*) from pg_stat_activity where pid = $1"
                return try await observer.query(sql, [.int64(Int64(pid))]).only[0] == 0
            }
        }
    }

    @Test func blockedConnectionsDoNotHoldTheSharedThreads() async throws {
        // Far more connections than processors wait for the server at the same time.
        let sleep = "select pg_sleep(600)"
        try await withConnection { observer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await withConnection { _ = try await $0.query(sleep) } }
                }
                try await eventually("all of them wait at once") {
                    let sql = "select count(*) from pg_stat_activity where state = 'active' and query = $1"
                    return try await observer.query(sql, [.string(sleep)]).only[0] == 12
                }
                group.cancelAll()
            }
        }
    }
}
