internal import ArgumentParser
internal import Postgres

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List jobs, the newest first.",
        discussion: "Your own; members of s3cache_admin see all. Example:\n  s3cache jobs --state failed --limit 5")

    @Option(
        help: "Only jobs in this state: queued, waiting, running, done, failed, cancelled or superseded.",
        completion: .list(Self.states))
    var state: String?
    @Option(help: "At most so many.")
    var limit = 20
    @OptionGroup var output: OutputOptions

    private static let states = ["queued", "waiting", "running", "done", "failed", "cancelled", "superseded"]

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes 1 to 100000.") }
        if let state, !Self.states.contains(state) {
            throw ValidationError("--state takes one of \(Self.states.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        let connection = try await Database.connect()
        let rows = try await connection.query(
            """
            select \(JobRow.columns) from s3cache.jobs
            where $1::text is null or state = $1
            order by id desc limit $2
            """, [.string(orNull: state), .int(limit)])
        let jobs = try rows.map { try JobRow($0) }
        if output.json {
            try Output.json(jobs)
            return
        }
        Output.line("ID        KIND      STATE       CACHE                 DONE         QUEUED AT")
        for job in jobs {
            let done = job.done.map { Output.count($0) } ?? ""
            let fields = [("\(job.id)", 9), (job.kind, 9), (job.state, 11), (job.cache, 21), (done, 12)]
            let line = fields.map { text, width in text + String(repeating: " ", count: max(width - text.count, 0)) }
            Output.line(line.joined(separator: " ") + " " + job.queuedAt.prefix(19))
            if let error = job.error { Output.line("          \(error)") }
        }
    }
}
