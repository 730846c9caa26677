internal import ArgumentParser
internal import Core
internal import Foundation
internal import Postgres

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Upload the files of a bound table's rows, and write their URLs; then, if asked, remove them.",
        discussion: """
            Does what s3cache.archive() does, by this command itself: with its own credentials, and with the files of its own \
            machine, below S3CACHE_FILE_ROOTS or else below the current directory. It exits with 1 where a file failed; a file that \
            is missing is a warning. An interrupt ends it with 130, and the next run goes on.

            With --remove-local it uploads nothing, and removes the local files of rows that are archived: each one after its object \
            was read from the bucket and had the file's SHA-256. Files that a row without an object leads to stay. It exits with 1 \
            where an object is missing or different, or a file or object could not be read. Examples:
              s3cache archive post_media --dry-run --limit 10
              s3cache archive post_media --batch-size 100 --profile media
              s3cache archive post_media --remove-local --dry-run
            """)

    @Argument(help: "The binding, as s3cache.bind() was told it.")
    var binding: String
    @Option(help: "At most so many rows, the oldest first.")
    var limit: Int?
    @Option(name: .customLong("batch-size"), help: "How many URLs are written at once, 1 to 1000.")
    var batchSize = 50
    @Flag(name: .customLong("dry-run"), help: "Upload and write nothing; show files and URLs.")
    var isDryRun = false
    @Flag(help: "Also rows that have a URL.")
    var force = false
    @Flag(
        name: .customLong("remove-local"),
        help: "Upload nothing; remove the files of archived rows whose objects have the same bytes.")
    var removesLocalFiles = false
    @OptionGroup var profile: ProfileOption
    @OptionGroup var stack: StackOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit takes 0 or more.") }
        guard (1...1000).contains(batchSize) else { throw ValidationError("--batch-size takes 1 to 1000.") }
        guard removesLocalFiles else { return }
        if force {
            throw ValidationError("--force and --remove-local do not go together: one uploads, the other does not.")
        }
        if limit == 0 { throw ValidationError("--limit takes 1 or more with --remove-local.") }
    }

    func run() async throws {
        try stack.apply()
        profile.apply()
        if removesLocalFiles {
            return try await LocalRemoval(binding: binding, limit: limit, isDryRun: isDryRun, output: output).run()
        }
        let connection = try await Database.connect()
        let files = try OwnWorker.filesHere()
        let report = ArchiveReport(
            isJSON: output.json, batchSize: batchSize, isDryRun: isDryRun,
            profile: profile.profile ?? ProcessInfo.processInfo.environment["AWS_PROFILE"])
        let worker = OwnWorker(name: "archive", concurrency: 1, files: files)
        let job = try await worker.run(observe: { report.show($0) }) { worker in
            let row = try await connection.query(
                """
                select s3cache.pin_job(
                    s3cache.archive($1, limit_rows => $2, batch_size => $3, dry_run => $4, force => $5), $6) as id,
                    (select c.bucket from s3cache.binding b join s3cache.cache c on c.name = b.cache where b.name = $1) as bucket
                """,
                [
                    .string(binding), .int64(orNull: limit.map(Int64.init)), .int(batchSize), .bool(isDryRun),
                    .bool(force), .int64(worker),
                ]
            ).only
            report.begin(bucket: try row["bucket"])
            return try await JobWaiter(connection: connection).wait(for: try row["id"]) { _ in }
        }
        try report.finish(job, output)
    }
}
