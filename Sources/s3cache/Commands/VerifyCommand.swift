internal import ArgumentParser
internal import Postgres

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Ask the bucket for single objects and mark their rows present or missing.",
        discussion: """
            Without --prefix, the rows that were added and not looked at yet; with one, all rows whose filename starts with \
            it. Example:
              s3cache verify --prefix 1/
            """)

    @OptionGroup var cache: CacheOption
    @Option(help: "All rows whose filename starts with this; an empty one for all.")
    var prefix: String?
    @Option(help: "At most so many rows.")
    var limit: Int?
    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes 1 or more.") }
    }

    func run() async throws {
        try await JobCommand.run(wait, output) { connection in
            try await connection.query(
                "select s3cache.verify($1, prefix => $2, limit_rows => $3) as id",
                [.string(cache.cache), .string(orNull: prefix), .int64(orNull: limit.map(Int64.init))]
            ).only["id"]
        } summarize: { job in
            func count(_ name: String) -> String { Output.count(Int64(job.result?[name] ?? 0)) }
            return "Verified \(job.cache): \(count("checked")) checked, \(count("present")) present, "
                + "\(count("missing")) missing, \(count("errors")) errors"
        }
    }
}
