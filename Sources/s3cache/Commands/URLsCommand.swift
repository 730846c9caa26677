internal import ArgumentParser
internal import Postgres

struct URLsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "urls", abstract: "Print the URLs of files.",
        discussion: """
            Of files named on the command line one URL a line, in their order; of a prefix, or of the whole cache, the files' \
            names, a tab and their URLs, in byte order, without those that are known to be missing. It exits with 1 where a \
            file has no URL. Examples:
              s3cache urls 14000.jpg 14001.jpg
              s3cache urls --prefix 1/ --expires 600 --json
            """)

    @Argument(help: "Names of files.")
    var filenames: [String] = []
    @Option(help: "All files whose name starts with this.")
    var prefix: String?
    @Option(
        help: "Presigned URLs that live so many seconds, 1 to 604800, instead of the ones that s3cache.url() gives.")
    var expires: Int?
    @Flag(help: "Unsigned URLs of the bucket itself.")
    var `public` = false
    @OptionGroup var cache: CacheOption
    @OptionGroup var output: OutputOptions

    /// So many rows are asked for at once.
    private static let page = 10_000

    private struct FileURL: Encodable {
        var filename: String
        var url: String?

        enum CodingKeys: CodingKey { case filename, url }

        /// All fields, also those that are null: programs rely on them.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(filename, forKey: .filename)
            try fields.encode(url, forKey: .url)
        }
    }

    func validate() throws {
        if !filenames.isEmpty, prefix != nil {
            throw ValidationError("Give names of files or --prefix, not both.")
        }
        if let expires, !(1...604_800).contains(expires) {
            throw ValidationError("--expires takes 1 to 604800 seconds.")
        }
        if expires != nil, `public` { throw ValidationError("--expires is for presigned URLs, --public for others.") }
    }

    func run() async throws {
        let filenames = PackedArguments.unpack(filenames)
        let connection = try await Database.connect()
        // For JSON only: a million URLs as lines take no memory.
        var collected: [FileURL] = []
        var missing = 0
        func take(_ files: [FileURL]) {
            missing += files.count { $0.url == nil }
            if output.json {
                collected += files
                return
            }
            for file in files {
                guard let url = file.url else {
                    Output.error("\(file.filename) has no URL")
                    continue
                }
                Output.line(filenames.isEmpty ? "\(file.filename)\t\(url)" : url)
            }
        }
        if filenames.isEmpty {
            let table = try await Database.table(of: cache.cache, on: connection)
            var last: String?
            while true {
                let files = try await files(in: table, after: last, on: connection)
                take(files)
                guard files.count == Self.page else { break }
                last = files.last?.filename
            }
        } else {
            for start in stride(from: 0, to: filenames.count, by: Self.page) {
                let part = Array(filenames[start..<min(start + Self.page, filenames.count)])
                take(
                    try await rows(
                        """
                        select f.filename, \(expression) as url
                        from unnest($2::text[]) with ordinality as f (filename, position) order by position
                        """, [.strings(part)], on: connection))
            }
        }
        if output.json { try Output.json(collected) }
        guard missing == 0 else {
            throw CommandFailure(
                message:
                    "\(Output.count(missing)) files have no URL: they are missing, or there is no key to sign with; "
                    + "s3cache doctor says which.")
        }
    }

    /// Of `f.filename`; `$1` is the cache.
    private var expression: String {
        if `public` { return "s3cache.public_url(f.filename, cache => $1)" }
        guard let expires else { return "s3cache.url(f.filename, cache => $1)" }
        return "s3cache.presigned_url(f.filename, expires => interval '\(expires) seconds', cache => $1)"
    }

    private func files(
        in table: String, after last: String?, on connection: PostgresConnection
    ) async throws -> [FileURL] {
        try await rows(
            """
            select f.filename, \(expression) as url
            from (
                select o.filename from \(table) o
                where o.state <> 'missing' and o.filename ^@ $2 and ($3::text is null or o.filename > $3)
                order by o.filename limit \(Self.page)
            ) f
            order by f.filename
            """, [.string(prefix ?? ""), .string(orNull: last)], on: connection)
    }

    private func rows(
        _ sql: String, _ parameters: [PostgresValue], on connection: PostgresConnection
    ) async throws -> [FileURL] {
        try await connection.query(sql, [.string(cache.cache)] + parameters).map { row in
            FileURL(filename: try row["filename"], url: try row["url"])
        }
    }
}
