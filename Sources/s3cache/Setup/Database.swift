internal import Adapters
internal import Foundation
internal import Postgres

/// The database that the environment names.
enum Database {
    static func settings() -> PostgresSettings {
        var settings = PostgresSettings.environment(applicationName: "s3cache")
        // A pooler in transaction mode gives each transaction another session.
        if ["1", "true", "yes", "on"].contains(
            ProcessInfo.processInfo.environment["S3CACHE_POOLED", default: ""].lowercased())
        {
            settings.preparedStatementLimit = 0
        }
        settings.onNotice = { notice in
            Output.error([notice.message, notice.hint].compactMap(\.self).joined(separator: "\n"))
        }
        return settings
    }

    /// A connection to a database in which s3cache is installed.
    static func connect() async throws -> PostgresConnection {
        let connection = try await PostgresConnection.connect(settings())
        let row = try await connection.query(
            """
            select pg_catalog.to_regclass('s3cache.object') is not null as installed,
                pg_catalog.to_regprocedure('s3cache.version()') is not null as knows_version
            """
        ).only
        guard try row["installed"] as Bool else {
            throw CommandFailure(
                message: "s3cache is not installed in this database; run CREATE EXTENSION s3cache; or: s3cache migrate")
        }
        let version: String? =
            try row["knows_version"] as Bool
            ? try await connection.query("select s3cache.version() as version").only["version"] : nil
        guard version?.release == SchemaMigrator.version.release else {
            throw CommandFailure(
                message: "This program is version \(SchemaMigrator.version), the database has \(version ?? "0.1.0"); "
                    + "upgrade the older one, the database with ALTER EXTENSION s3cache UPDATE or, where that "
                    + "installed it, s3cache migrate")
        }
        return connection
    }

    /// The table of a cache, quoted for SQL.
    static func table(of cache: String, on connection: PostgresConnection) async throws -> String {
        let rows = try await connection.query(
            """
            select c.relname, n.nspname
            from pg_catalog.pg_inherits i
            join pg_catalog.pg_class c on c.oid = i.inhrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where i.inhparent = 's3cache.object'::regclass and c.relname = $1
            """, [.string(cache)])
        guard let row = rows.first else {
            throw CommandFailure(message: "There is no cache \(cache); TABLE s3cache.cache lists the caches.")
        }
        return try PostgresIdentifier(try row["relname"], schema: try row["nspname"]).description
    }
}

extension String {
    /// Of a version, what must agree between program and database: major and minor number.
    fileprivate var release: [Substring] { Array(split(separator: ".").prefix(2)) }
}
