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
        try await connection.execute(script)
    }
}
