internal import Adapters
internal import ArgumentParser

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Install or upgrade s3cache without CREATE EXTENSION.",
        discussion: """
            For managed databases, where no extension files can be installed. One transaction; harmless to run again. \
            Roles that you may not create are named, and left to an administrator. Examples:
              s3cache migrate
              s3cache migrate --dump-sql | psql
            """)

    @Option(help: "The existing schema for s3_image_cache and its functions.")
    var schema = "public"
    @Flag(name: .customLong("dump-sql"), help: "Print the SQL instead of running it.")
    var dumpsSQL = false

    func run() async throws {
        let migrator = try SchemaMigrator(facadeSchema: schema)
        if dumpsSQL {
            Output.line(migrator.script)
            return
        }
        try await migrator.migrate(Database.settings())
        Output.line("s3cache \(SchemaMigrator.version) is installed")
    }
}
