internal import Core
internal import Postgres

extension PostgresPool {
    /// How long a job's writes wait for another session's lock before they yield: below PostgreSQL's `deadlock_timeout`
    /// of 1 s, so that no user's transaction is ever ended in favour of a job.
    static let lockTimeout = "500ms"

    /// Runs a transaction that writes rows which users may hold; nil if it had to stand back, and then nothing was written.
    func yielding<Result>(
        for job: Job, _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result? {
        do {
            return try await noticingLostClaim(of: job) {
                try await withConnection { connection in
                    try await connection.transaction { connection in
                        try await connection.execute("set local lock_timeout = '\(Self.lockTimeout)'")
                        return try await body(connection)
                    }
                }
            }
        } catch let error as PostgresError where error.isLockConflict {
            return nil
        }
    }
}
