internal import Glibc
internal import Postgres

/// What commands that enqueue a job have in common: they wait for it, show its progress, and end as it ends.
enum JobCommand {
    /// Enqueues with `enqueue`, waits unless told not to, and prints what `summarize` makes of the ended job.
    static func run(
        _ wait: WaitOptions, _ output: OutputOptions,
        enqueue: (PostgresConnection) async throws -> Int64, summarize: (JobRow) -> String
    ) async throws {
        // An interrupt leaves the job to the workers.
        signal(SIGINT) { _ in Output.leaveInterrupted() }
        let connection = try await Database.connect()
        let id = try await enqueue(connection)
        if wait.returnsAtOnce {
            if output.json { try Output.json(["id": id]) } else { Output.line("\(id)") }
            return
        }
        // Commands that run their own jobs are no such workers.
        let look = try await connection.query(
            "select s3cache.worker_lives() as worker_lives, s3cache.at_home() as is_at_home"
        ).only
        let workerLives: Bool = try look["worker_lives"]
        let isAtHome: Bool = try look["is_at_home"]
        if !workerLives {
            Output.error(
                "Job \(id) is queued, but no worker of this release is running; start or restart one with: s3cache worker"
            )
        } else if !isAtHome {
            Output.error(
                "Job \(id) is queued, but this database was restored from a dump; workers wait for SELECT s3cache.resume();"
            )
        }
        var line = ProgressLine()
        let job = try await JobWaiter(connection: connection).wait(for: id) { line.show($0) }
        line.finish()
        if output.json {
            try Output.json(job)
        } else if job.state == "done" {
            Output.line(summarize(job))
        }
        guard job.state == "done" else {
            throw CommandFailure(message: "Job \(job.id) \(job.state)\(job.error.map { ": \($0)" } ?? ".")")
        }
    }
}
