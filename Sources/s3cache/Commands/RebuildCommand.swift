internal import ArgumentParser
internal import Postgres

struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Make a cache equal to its bucket.",
        discussion: """
            Enqueues a rebuild, waits until a worker has done it (see --no-wait), and prints what it found. Examples:
              s3cache rebuild
              s3cache rebuild --cache product_images --prefix 1/
              s3cache rebuild --inventory s3://reports/photos/daily/2026-03-01T01-00Z/manifest.json
            """)

    @OptionGroup var cache: CacheOption
    @Option(help: "Only filenames that start with this.")
    var prefix: String?
    @Flag(help: "Write nothing but s3cache.orphan: what is missing on either side.")
    var dryRun = false
    @Flag(help: "Also where more than max_delete_fraction of the rows would go.")
    var force = false
    @Option(help: "Read this Amazon S3 Inventory, s3://bucket/path/manifest.json, in place of a listing.")
    var inventory: String?
    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await JobCommand.run(wait, output) { connection in
            try await connection.query(
                "select s3cache.rebuild($1, prefix => $2, dry_run => $3, force => $4, inventory => $5) as id",
                [
                    .string(cache.cache), .string(orNull: prefix), .bool(dryRun), .bool(force),
                    .string(orNull: inventory),
                ]
            ).only["id"]
        } summarize: { job in
            func count(_ name: String) -> String { Output.count(Int64(job.result?[name] ?? 0)) }
            return "\(dryRun ? "Compared" : "Rebuilt") \(job.cache): \(count("listed")) files "
                + "(\(count("added")) added, \(count("updated")) updated, \(count("removed")) removed, "
                + "\(count("unchanged")) unchanged) in \(job.result?["seconds"] ?? 0) s"
        }
    }
}
