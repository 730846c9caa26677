package import Postgres

/// Installs and upgrades s3cache without CREATE EXTENSION.
package struct SchemaMigrator: Sendable {
    /// The version that this program brings.
    package static let version = SQLBundle.version

    private let schema: PostgresIdentifier

    /// `facadeSchema` is where `s3_image_cache` and its functions go; it must exist. Throws for what cannot be a name.
    package init(facadeSchema: String) throws {
        self.schema = try PostgresIdentifier(facadeSchema)
    }

    /// The whole migration: one transaction of plain SQL, harmless to run again, also through psql.
    package var script: String {
        SQLBundle.migration.replacing("@extschema@", with: schema.description)
    }

    /// Runs the migration. Notices, such as the statements that an administrator must run, go to the settings' handler.
    package func migrate(_ settings: PostgresSettings) async throws {
        let connection = try await PostgresConnection.connect(settings)
        try await requireUTF8(connection)
        // The script says so too, but the server reads all of it before it runs any.
        try await connection.execute("set standard_conforming_strings = on")
        try await connection.execute(script)
    }

    /// The script says the same, but the server of another encoding cannot even read its comments.
    private func requireUTF8(_ connection: PostgresConnection) async throws {
        let rows = try await connection.query("select pg_catalog.getdatabaseencoding() as encoding")
        let encoding: String = try rows.only["encoding"]
        guard encoding != "UTF8" else { return }
        var error = PostgresError(
            .featureNotSupported, "s3cache needs a UTF8 database, and this one has the encoding \(encoding).")
        error.hint = "Create one with: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0;"
        throw error
    }
}
