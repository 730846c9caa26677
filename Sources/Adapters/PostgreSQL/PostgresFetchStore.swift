package import Core
package import Postgres

/// What PostgreSQL knows of URLs that jobs fetch.
package struct PostgresFetchStore: FetchStore {
    private let pool: PostgresPool

    private static let begin = """
        select outcome, url, failures, code,
            pg_catalog.to_char(next_try_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as next_try_at
        from s3cache.begin_fetch($1, $2)
        """

    /// What is known behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func begin(_ job: Job) async throws -> FetchStart {
        let row = try await noticingLostClaim(of: job) {
            try await pool.withConnection { connection in
                try await connection.transaction { connection -> PostgresRow in
                    let row = try await connection.query(Self.begin, [.int64(job.id), .int64(job.token)]).only
                    // What is there already ends the job, and its bound row gets the URL.
                    if job.arguments.row != nil, try row["outcome"] == "done" {
                        try await noticingUnusableBinding {
                            try await connection.query("select s3cache.write_back($1)", [.int64(job.id)])
                        }
                    }
                    return row
                }
            }
        }
        let outcome: String = try row["outcome"]
        guard outcome != "done" else { return .ended }
        let url = try UntrustedURL(try row["url"])
        guard outcome == "backing_off" else { return .download(url) }
        let failures: Int = try row["failures"]
        throw JobFailure(
            code: "fetch_backing_off",
            message:
                "A URL of the host \(url.host.text) failed \(failures == 1 ? "once" : "\(failures) times"), at last with "
                + "\(try row["code"] as String), so it is not asked before \(try row["next_try_at"] as String) UTC; fetch it then.",
            isRetryable: false)
    }
}
