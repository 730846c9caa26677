internal import Core
internal import Postgres

extension PostgresPool {
    /// How long a job's writes wait for another session's lock before they yield: below PostgreSQL's `deadlock_timeout`
    /// of 1 s, so that no user's transaction is ever ended in favour of a job.
    static let lockTimeout = "500ms"

    /// Calls functions that write rows which users may hold; nil if it had to stand back, and then nothing was written.
    ///
    /// `call` is what stands after SELECT. It is one statement, which is a transaction by itself: one round trip.
    func yielding(for job: Job, call: String, _ parameters: [PostgresValue]) async throws -> PostgresRows? {
        let statement = """
            with limited as materialized (select pg_catalog.set_config('lock_timeout', '\(Self.lockTimeout)', true))
            select \(call) from limited
            """
        return try await standingBack(for: job) { try await query(statement, parameters) }
    }

    /// The same for several statements, in a transaction.
    func yielding<Result>(
        for job: Job, _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result? {
        try await standingBack(for: job) {
            try await withConnection { connection in
                try await connection.transaction { connection in
                    try await connection.execute("set local lock_timeout = '\(Self.lockTimeout)'")
                    return try await body(connection)
                }
            }
        }
    }

    /// Calls a function that ends an upload or a fetch; false if it had to stand back, and then nothing was written.
    ///
    /// Where the job has a bound row, that gets its URL in the same transaction, written as the role that the worker connects as: a
    /// user's table is never written by a function that has its owner's rights.
    func completing(_ job: Job, call: String, _ parameters: [PostgresValue]) async throws -> Bool {
        guard job.arguments.row != nil else { return try await yielding(for: job, call: call, parameters) != nil }
        let isDone = try await yielding(for: job) { connection -> Bool in
            try await connection.query("select \(call)", parameters)
            try await noticingUnusableBinding {
                try await connection.query("select s3cache.write_back($1)", [.int64(job.id)])
            }
            return true
        }
        return isDone != nil
    }

    private func standingBack<Result>(
        for job: Job, _ body: () async throws -> Result
    ) async throws -> Result? {
        do {
            return try await noticingLostClaim(of: job, body)
        } catch let error as PostgresError where error.isLockConflict {
            return nil
        }
    }
}
