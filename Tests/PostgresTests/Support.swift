import TestSupport

@testable import Postgres

/// Where the tests find their server: `DATABASE_URL`, or `PGHOST`, `PGUSER`, `PGDATABASE`.
let settings = PostgresSettings.environment(applicationName: "PostgresTests")

/// Runs `body` with a connection of its own.
func withConnection<Result>(
    _ settings: PostgresSettings = settings, _ body: (PostgresConnection) async throws -> Result
) async throws -> Result {
    let connection = try await PostgresConnection.connect(settings)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

/// Checks a condition again and again until it holds. Throws when it does not in time.
func eventually(
    within limit: Duration = .seconds(60), _ what: String, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Timeout(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

struct Timeout: Error {
    let what: String
}

/// Waits until the server runs a statement that contains `fragment` in the process `pid`.
func waitUntilRunning(_ fragment: String, in pid: Int32, seenBy observer: PostgresConnection) async throws {
    try await eventually("\(fragment) runs") {
        let sql = "select count(*) from pg_stat_activity where pid = $1 and state = 'active' and strpos(query, $2) > 0"
        let count: Int = try await observer.query(sql, [.int64(Int64(pid)), .string(fragment)]).only[0]
        return count == 1
    }
}

/// Ends a connection from the server's side.
func terminate(_ pid: Int32, by observer: PostgresConnection) async throws {
    let done: Bool = try await observer.query("select pg_terminate_backend($1, 5000)", [.int64(Int64(pid))]).only[0]
    guard done else { throw Timeout(what: "pg_terminate_backend") }
}

/// Sends a signal to a server process, as a superuser can.
func signal(_ name: String, _ pid: Int32, by observer: PostgresConnection) async throws {
    try await observer.execute(
        """
        create temporary table if not exists kill_output (line text);
        copy kill_output from program 'kill -\(name) \(pid)'
        """)
}

/// The error that `body` throws, as a PostgresError; nil when it throws none.
func postgresError(_ body: () async throws -> Void) async throws -> PostgresError? {
    do {
        try await body()
        return nil
    } catch let error as PostgresError {
        return error
    }
}
