internal import Postgres

/// Waits for a job without holding a snapshot: listens for its end, and looks now and then.
struct JobWaiter {
    let connection: PostgresConnection

    /// The job's row when it has ended; a superseded job's is that of the one that did its work.
    func wait(for id: Int64, progress: (JobRow) -> Void) async throws -> JobRow {
        let notifications = try await connection.listen(to: ["s3cache_done"])
        let (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                group.cancelAll()
                look.finish()
            }
            group.addTask {
                for try await _ in notifications { look.yield() }
            }
            group.addTask {
                while true {
                    look.yield()
                    try await Task.sleep(for: .milliseconds(500))
                }
            }
            var watched = id
            for await _ in looks {
                var job = try await row(of: watched)
                while job.state == "superseded", let survivor = job.supersededBy {
                    watched = survivor
                    job = try await row(of: survivor)
                }
                if job.hasEnded { return job }
                progress(job)
            }
            throw CancellationError()
        }
    }

    private func row(of id: Int64) async throws -> JobRow {
        let rows = try await connection.query(
            "select \(JobRow.columns) from s3cache.jobs where id = $1", [.int64(id)])
        guard let row = rows.first else { throw CommandFailure(message: "There is no job \(id), or it is not yours.") }
        return try JobRow(row)
    }
}
