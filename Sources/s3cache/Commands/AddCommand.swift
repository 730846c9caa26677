internal import ArgumentParser
internal import Postgres

struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add filenames to a cache; a worker looks for their objects afterwards.",
        discussion: "Example:\n  s3cache add 14000.jpg 14001.jpg")

    @OptionGroup var cache: CacheOption
    @Argument(help: "The objects' keys without the cache's prefix.")
    var filenames: [String]
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard PackedArguments.unpack(filenames).allSatisfy({ (1...1024).contains($0.utf8.count) }) else {
            throw ValidationError("A filename has 1 to 1024 bytes of UTF-8.")
        }
    }

    func run() async throws {
        let filenames = PackedArguments.unpack(filenames)
        let connection = try await Database.connect()
        let table = try await Database.table(of: cache.cache, on: connection)
        let added = try await connection.query(
            """
            insert into \(table) (filename)
            select distinct name from unnest($1::text[]) as name
            on conflict (filename) do nothing
            """, [.strings(filenames)]
        ).affectedRows
        if output.json {
            try Output.json(["added": added, "given": filenames.count])
        } else {
            Output.line("Added \(Output.count(added)) of \(Output.count(filenames.count)) to \(cache.cache)")
        }
    }
}
