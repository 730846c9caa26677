import Postgres

/// The database that test databases with the extension are copies of: made once for each cluster and each build of the
/// extension, whichever test process comes first.
enum TemplateDatabase {
    static let name = "s3cache_template"

    /// Makes the template unless it is there already.
    ///
    /// Throws `TestFailure` where the server does not have the extension's files.
    static func prepare() async throws {
        let connection = try await PostgresConnection.connect(TestDatabase.settings(database: "postgres"))
        do {
            // Held until the connection closes.
            try await connection.query("select pg_advisory_lock(hashtextextended($1, 0))", [.string(name)])
            let wanted = try await installedScript(connection)
            if try await currentScript(connection) != wanted {
                try await make(connection, from: wanted)
            }
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    private static func make(_ connection: PostgresConnection, from script: String) async throws {
        try await connection.execute("drop database if exists \(name)")
        try await connection.execute("create database \(name) template template0 encoding 'UTF8'")
        let inside = try await PostgresConnection.connect(TestDatabase.settings(database: name))
        do {
            try await inside.execute("create extension s3cache")
        } catch {
            await inside.close()
            throw error
        }
        await inside.close()
        try await connection.execute("alter database \(name) allow_connections false")
        // Last: only a finished template carries the mark.
        try await connection.execute("comment on database \(name) is '\(script)'")
    }

    /// The checksum of the install script that the server would run now.
    private static func installedScript(_ connection: PostgresConnection) async throws -> String {
        let rows = try await connection.query(
            """
            select md5(pg_read_file(c.setting || '/extension/s3cache--' || e.default_version || '.sql')) as script
            from pg_config c, pg_available_extensions e
            where c.name = 'SHAREDIR' and e.name = 's3cache'
            """)
        guard let row = rows.first else {
            throw TestFailure("the server does not have the extension s3cache: run make test, or make install first")
        }
        return try row["script"]
    }

    private static func currentScript(_ connection: PostgresConnection) async throws -> String? {
        let rows = try await connection.query(
            "select shobj_description(d.oid, 'pg_database') as script from pg_database d where d.datname = $1",
            [.string(name)])
        guard let row = rows.first else { return nil }
        let script: String? = try row["script"]
        return script
    }
}
