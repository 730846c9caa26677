internal import Adapters
internal import Core
internal import Postgres

/// Uploads files in this process: as jobs like those of SQL, which only this process runs.
struct UploadRun: Sendable {
    /// So many jobs wait or run at a time.
    private static let window = 1_000

    var files: [NamedFile]
    var request: UploadRequest
    var concurrency: Int

    /// Does it; `report` is told of each file that has ended, and how far the others are. What became of them comes in the
    /// order of `files`. Throws `ExitCode(130)` after an interrupt: what was not done by then is cancelled, and the next run
    /// goes on with it.
    func run(_ report: @escaping @Sendable (UploadProgress) -> Void) async throws -> [UploadOutcome] {
        let connection = try await Database.connect()
        let worker = OwnWorker(name: "upload", concurrency: concurrency, files: NamedFiles(files.map(\.path)))
        let outcomes = try await worker.run { try await follow($0, connection, report) }
        let places = Dictionary(zip(files.map(\.path), files.indices)) { first, _ in first }
        return outcomes.sorted { places[$0.path, default: 0] < places[$1.path, default: 0] }
    }

    /// In the order in which they end.
    private func follow(
        _ worker: Int64, _ connection: PostgresConnection, _ report: @Sendable (UploadProgress) -> Void
    ) async throws -> [UploadOutcome] {
        var rest = files[...]
        var running: [Int64: NamedFile] = [:]
        var outcomes: [UploadOutcome] = []
        var progress = UploadProgress(files: files.count, bytes: files.reduce(0) { $0 + $1.size })
        report(progress)
        while !rest.isEmpty || !running.isEmpty {
            if running.count <= Self.window / 2, !rest.isEmpty {
                let batch = Array(rest.prefix(Self.window - running.count))
                rest = rest.dropFirst(batch.count)
                let refused = try await enqueue(batch, worker, connection, &running)
                for outcome in refused { progress.count(outcome) }
                outcomes += refused
            }
            var partial: Int64 = 0
            var hasNews = false
            for job in try await look(at: running.keys, connection) {
                guard let file = running[job.id] else { continue }
                guard job.hasEnded else {
                    partial += job.done
                    continue
                }
                running[job.id] = nil
                let outcome = UploadOutcome(file, state: job.state, result: job.result, error: job.error)
                outcomes.append(outcome)
                progress.count(outcome)
                hasNews = true
            }
            progress.partialBytes = partial
            report(progress)
            progress.news = []
            if !hasNews { try await Task.sleep(for: .milliseconds(100)) }
        }
        return outcomes
    }

    /// Gives what was refused; the others run.
    private func enqueue(
        _ batch: [NamedFile], _ worker: Int64, _ connection: PostgresConnection, _ running: inout [Int64: NamedFile]
    ) async throws -> [UploadOutcome] {
        do {
            let ids = try await request.enqueue(batch, for: worker, on: connection)
            for (id, file) in zip(ids, batch) { running[id] = file }
            return []
        } catch let error as PostgresError where !error.isConnectionFailure {
            // One of them is refused, which one is not known; what concerns all is refused for each.
            guard batch.count > 1, error.code != .insufficientPrivilege else {
                guard batch.count == 1 else { throw error }
                return [UploadOutcome(batch[0], refusal: error.explanation.replacing("\n", with: " "))]
            }
            let half = batch.count / 2
            let first = try await enqueue(Array(batch[..<half]), worker, connection, &running)
            return first + (try await enqueue(Array(batch[half...]), worker, connection, &running))
        }
    }

    private struct Look {
        var id: Int64
        var state: String
        var done: Int64
        var result: String?
        var error: String?

        var hasEnded: Bool { ["done", "failed", "cancelled", "superseded"].contains(state) }
    }

    private func look(at ids: some Collection<Int64>, _ connection: PostgresConnection) async throws -> [Look] {
        let rows = try await connection.query(
            """
            select id, state, coalesce(done, 0) as done, case when state = 'done' then result::text end as result, error
            from s3cache.jobs where id = any ($1)
            """, [.int64s(Array(ids))])
        return try rows.map { row in
            Look(
                id: try row["id"], state: try row["state"], done: try row["done"], result: try row["result"],
                error: try row["error"])
        }
    }
}
