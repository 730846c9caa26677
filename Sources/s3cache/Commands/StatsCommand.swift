internal import ArgumentParser
internal import Postgres

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show what a cache holds and when it was last rebuilt.")

    @OptionGroup var cache: CacheOption
    @OptionGroup var output: OutputOptions

    private struct Statistics: Encodable {
        var files: Int64
        var bytes: Int64
        var unverified: Int64
        var missing: Int64
        var last_rebuild_at: String?
        var last_rebuild: JSONText?

        enum CodingKeys: CodingKey { case files, bytes, unverified, missing, last_rebuild_at, last_rebuild }

        /// All fields, also those that are null: programs rely on them.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(files, forKey: .files)
            try fields.encode(bytes, forKey: .bytes)
            try fields.encode(unverified, forKey: .unverified)
            try fields.encode(missing, forKey: .missing)
            try fields.encode(last_rebuild_at, forKey: .last_rebuild_at)
            try fields.encode(last_rebuild, forKey: .last_rebuild)
        }
    }

    func run() async throws {
        let connection = try await Database.connect()
        let row = try await connection.query(
            """
            select files, bytes, unverified, missing, last_rebuild_at::text as last_rebuild_at,
                last_rebuild::text as last_rebuild
            from s3cache.stats($1)
            """, [.string(cache.cache)]
        ).only
        let lastRebuild: String? = try row["last_rebuild"]
        let statistics = Statistics(
            files: try row["files"], bytes: try row["bytes"], unverified: try row["unverified"],
            missing: try row["missing"], last_rebuild_at: try row["last_rebuild_at"],
            last_rebuild: lastRebuild.map { JSONText($0) })
        if output.json {
            try Output.json(statistics)
            return
        }
        Output.line("Cache          \(cache.cache)")
        Output.line("Files          \(Output.count(statistics.files))")
        Output.line("Bytes          \(Output.count(statistics.bytes))")
        Output.line("Unverified     \(Output.count(statistics.unverified))")
        Output.line("Missing        \(Output.count(statistics.missing))")
        Output.line("Last rebuild   \(statistics.last_rebuild_at ?? "never")")
    }
}
