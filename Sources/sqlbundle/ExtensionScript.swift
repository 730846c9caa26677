/// The scripts that `CREATE EXTENSION` and `ALTER EXTENSION … UPDATE` run.
enum ExtensionScript {
    /// `s3cache--VERSION.sql`: everything, from nothing.
    static func install(_ tree: SQLTree) -> GeneratedFile {
        var script = ScriptText()
        script.add(guardLine(for: "CREATE EXTENSION s3cache"))
        script.add(file: "prologue/extension.sql", tree.extensionPrologue)
        addBody(of: tree, schema: tree.schema, to: &script)
        return GeneratedFile(name: "s3cache--\(tree.version).sql", text: script.text)
    }

    /// `s3cache--OLD--VERSION.sql` for each older release: the schema's later steps, then the code as after an install.
    static func upgrades(_ tree: SQLTree) -> [GeneratedFile] {
        tree.frozen.versions.filter { $0 < tree.version }.map { old in
            let known = tree.frozen.files(upTo: old)
            var script = ScriptText()
            script.add(guardLine(for: "ALTER EXTENSION s3cache UPDATE TO '\(tree.version)'"))
            if let prologue = tree.upgradePrologue {
                script.add(file: "prologue/upgrade.sql", prologue)
            }
            addBody(of: tree, schema: tree.schema.filter { !known.contains($0.fileName) }, to: &script)
            return GeneratedFile(name: "s3cache--\(old)--\(tree.version).sql", text: script.text)
        }
    }

    /// The line that stops psql, which would run the script outside an extension; PostgreSQL itself skips it.
    private static func guardLine(for command: String) -> String {
        "\\echo Use \"\(command)\" to load this file. \\quit\n"
    }

    private static func addBody(of tree: SQLTree, schema: [SchemaFile], to script: inout ScriptText) {
        script.add("\nset local check_function_bodies = off;\n")
        script.add(file: "roles.sql", tree.roles)
        for file in schema {
            script.add(file: "schema/\(file.fileName)", file.text)
            script.add("insert into s3cache.schema_history (file) values ('\(file.step)');\n")
        }
        script.addPresent(of: tree)
        script.add(file: "epilogue/extension.sql", tree.extensionEpilogue)
    }
}
