/// The script that installs or upgrades without `CREATE EXTENSION`: plain SQL for psql and PQexec alike, one transaction,
/// harmless to run again.
///
/// It names the schema of the facade `@extschema@`, which is replaced when it runs, as PostgreSQL does for extensions.
enum MigrationScript {
    static let stepQuote = "$s3cache_migrate$"
    static let schemaQuote = "$s3cache_schema$"

    static func sql(_ tree: SQLTree) -> String {
        var script = ScriptText()
        script.add("-- s3cache \(tree.version), as plain SQL: one transaction, harmless to run again.\n")
        script.add(file: "prologue/migrate.sql", tree.migrationPrologue)
        script.add("\nset local check_function_bodies = off;\n")
        script.add(file: "roles.sql", tree.roles)
        for file in tree.schema {
            script.add(file: "schema/\(file.fileName)", step(file))
        }
        script.addPresent(of: tree)
        script.add(file: "epilogue/migrate.sql", tree.migrationEpilogue)
        return script.text
    }

    private static func step(_ file: SchemaFile) -> String {
        """
        do \(stepQuote)
        begin
            if not exists (select from s3cache.schema_history h where h.file = '\(file.step)') then
                execute \(schemaQuote)
        \(file.text)\(schemaQuote);
                insert into s3cache.schema_history (file) values ('\(file.step)');
            end if;
        end
        \(stepQuote);

        """
    }
}
