public import Postgres

/// A database of a suite's own, on the server that the `PG*` variables name.
///
/// ```swift
/// try await TestDatabase.use { database in
///     let connection = try await database.connect()
///     …
/// }
/// ```
///
/// `scripts/test.sh` starts a server and sets the variables. By hand:
/// `scripts/test-cluster.sh start DIR && eval "$(scripts/test-cluster.sh env DIR)"`.
public struct TestDatabase: Sendable {
    /// Its name, which needs no quotes.
    public let name: String

    /// Makes a database: with the extension in it, or empty where `installed` is false. Call `drop()` in the end.
    public static func create(installed: Bool = true) async throws -> TestDatabase {
        if installed { try await TemplateDatabase.prepare() }
        let database = TestDatabase(name: "test_" + String(UInt64.random(in: .min ... .max), radix: 36))
        let template = installed ? TemplateDatabase.name : "template0"
        try await administer("create database \(database.name) template \(template)")
        if installed {
            // A copy of a database is held like a restored dump until somebody resumes it.
            let connection = try await database.connect()
            try await connection.query("select s3cache.resume()")
            await connection.close()
        }
        return database
    }

    /// Runs `body` with a database that is dropped when it returns or throws.
    public nonisolated(nonsending) static func use<Result>(
        installed: Bool = true, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let database = try await create(installed: installed)
        do {
            let result = try await body(database)
            try await database.drop()
            return result
        } catch {
            // The body's own error is the one that explains the test.
            try? await database.drop()
            throw error
        }
    }

    /// Drops the database, ending the connections that are still in it. Dropping twice does nothing.
    public func drop() async throws {
        // Not the caller's task: a test that was cancelled, as by its time limit, cleans up as well.
        try await Task.detached { [name] in
            try await Self.administer("drop database if exists \(name) with (force)")
        }.value
    }

    /// How to connect to it.
    public var settings: PostgresSettings {
        Self.settings(database: name)
    }

    /// What a program needs in its environment to connect to it, besides the `PG*` variables of this process.
    public var environment: [String: String] {
        ["PGDATABASE": name]
    }

    /// A new connection to it, as the user that `PGUSER` names or as another one.
    public func connect(as user: String? = nil) async throws -> PostgresConnection {
        try await PostgresConnection.connect(Self.settings(database: name, user: user))
    }

    static func settings(database: String, user: String? = nil) -> PostgresSettings {
        let fields = ["dbname": database, "user": user].compactMapValues { $0 }
        let text = fields.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        return PostgresSettings(text, applicationName: "s3cache tests")
    }

    private static func administer(_ statement: String) async throws {
        let connection = try await PostgresConnection.connect(settings(database: "postgres"))
        do {
            try await connection.execute(statement)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }
}
