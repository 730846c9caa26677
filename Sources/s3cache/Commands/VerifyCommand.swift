internal import ArgumentParser
internal import Postgres

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Ask the bucket for single objects and mark their rows present or missing.",
        discussion: """
            Without --prefix, the rows that were added and not looked at yet; with one, all rows whose filename starts with \
            it. With --binding it shows how much of a bound table is archived, and does by itself, as archive does, what is asked for \
            besides: --verify-s3 asks the bucket for the object of each row, --check-local looks for its file below \
            S3CACHE_FILE_ROOTS or else below the current directory. Then it exits with 1 where an object is missing, or nobody knows. \
            Examples:
              s3cache verify --prefix 1/
              s3cache verify --binding post_media
              s3cache verify --binding post_media --verify-s3 --check-local --limit 100
            """)

    @OptionGroup var cache: CacheOption
    @Option(help: "All rows whose filename starts with this; an empty one for all.")
    var prefix: String?
    @Option(help: "A bound table, as s3cache.bind() was told it.")
    var binding: String?
    @Flag(name: .customLong("verify-s3"), help: "With --binding: ask the bucket for the object of each row.")
    var verifiesObjects = false
    @Flag(name: .customLong("check-local"), help: "With --binding: look for the file of each row.")
    var looksForFiles = false
    @Option(help: "At most so many rows.")
    var limit: Int?
    @OptionGroup var profile: ProfileOption
    @OptionGroup var stack: StackOption
    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes 1 or more.") }
        if binding == nil, verifiesObjects || looksForFiles {
            throw ValidationError("--verify-s3 and --check-local go with --binding.")
        }
        if binding != nil, prefix != nil { throw ValidationError("--binding and --prefix do not go together.") }
        if binding == nil, profile.profile != nil {
            throw ValidationError(
                "--profile goes with --binding: otherwise a worker does it, with its own credentials.")
        }
        if binding != nil, wait.returnsAtOnce, !verifiesObjects, !looksForFiles {
            throw ValidationError("--no-wait goes with --verify-s3 or --check-local: there is no job without.")
        }
    }

    func run() async throws {
        try stack.apply()
        if let binding {
            profile.apply()
            try await verify(binding)
            return
        }
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

    /// What `--json` prints of a binding.
    private struct Document: Encodable {
        var statistics: ArchiveStatistics?
        var job: JobRow?
    }

    private func verify(_ binding: String) async throws {
        let connection = try await Database.connect()
        let hasJob = verifiesObjects || looksForFiles
        if wait.returnsAtOnce {
            let id: Int64 = try await connection.query(Self.call, arguments(binding)).only["id"]
            if output.json { try Output.json(["id": id]) } else { Output.line("\(id)") }
            return
        }
        // Without a URL column nothing tells what is archived, and the objects can be verified all the same.
        let plan = try await connection.query(
            "select url_column from s3cache.binding_plan($1)", [.string(binding)]
        ).only
        let column: String? = try plan["url_column"]
        var document = Document()
        if column != nil || !hasJob { document.statistics = try await ArchiveStatistics(of: binding, on: connection) }
        if !output.json { document.statistics?.show() }
        let report = VerifyReport(isJSON: output.json)
        if hasJob {
            let worker = OwnWorker(name: "verify", concurrency: 1, files: try OwnWorker.filesHere())
            document.job = try await worker.run(observe: { report.show($0) }) { worker in
                let id: Int64 = try await connection.query(
                    "select s3cache.pin_job(asked.id, $5) as id from (\(Self.call)) asked",
                    arguments(binding) + [.int64(worker)]
                ).only["id"]
                return try await JobWaiter(connection: connection).wait(for: id) { _ in }
            }
        }
        if output.json { try Output.json(document) }
        if let job = document.job { try report.finish(job) }
    }

    private static let call =
        "select s3cache.verify_binding($1, verify_s3 => $2, check_local => $3, limit_rows => $4) as id"

    private func arguments(_ binding: String) -> [PostgresValue] {
        [
            .string(binding), .bool(verifiesObjects), .bool(looksForFiles), .int64(orNull: limit.map(Int64.init)),
        ]
    }
}
