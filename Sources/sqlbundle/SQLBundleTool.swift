import Foundation

/// Reads the SQL tree and writes everything that is made from it.
@main
struct SQLBundleTool {
    static func main() {
        do {
            try run(Arguments(Array(CommandLine.arguments.dropFirst())))
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: Arguments) throws(BundleError) {
        let directory = try arguments.required("--sql")
        switch arguments.command {
        case "check":
            _ = try SQLTree(directory: directory)
        case "extension":
            try writeExtension(try SQLTree(directory: directory), to: try arguments.required("--out"))
        case "migration":
            try printMigration(try SQLTree(directory: directory), schema: arguments.optional("--schema"))
        case "swift":
            let out = URL(fileURLWithPath: try arguments.required("--out"))
            let text = SwiftSource.text(try SQLTree(directory: directory))
            try GeneratedFile(name: out.lastPathComponent, text: text).write(to: out.deletingLastPathComponent())
        case "freeze":
            try freeze(try SQLTree(directory: directory), in: URL(fileURLWithPath: directory, isDirectory: true))
        default:
            throw BundleError("\(arguments.command): no such command\n\(Arguments.usage)")
        }
    }

    private static func writeExtension(_ tree: SQLTree, to directory: String) throws(BundleError) {
        for file in [ExtensionScript.install(tree)] + ExtensionScript.upgrades(tree) {
            try file.write(to: URL(fileURLWithPath: directory, isDirectory: true))
        }
    }

    private static func printMigration(_ tree: SQLTree, schema: String?) throws(BundleError) {
        var script = MigrationScript.sql(tree)
        if let schema {
            script = script.replacing("@extschema@", with: try SchemaName(schema).quoted)
        }
        FileHandle.standardOutput.write(Data(script.utf8))
    }

    private static func freeze(_ tree: SQLTree, in directory: URL) throws(BundleError) {
        var reader = TreeReader(root: directory)
        let text = try Freeze.text(tree, current: reader.text("frozen.sum"))
        try GeneratedFile(name: "frozen.sum", text: text).write(to: directory)
    }
}
