import Foundation
import PackagePlugin

/// Makes SQLBundle.swift, which carries the SQL tree inside the program, before a target is compiled.
///
/// A symbolic link to the tree lies beside this file: the package manager asks a plugin for its inputs again only when
/// a file came or went in a directory of the package's targets, and so it notices those of the tree too.
@main
struct EmbedSQL: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let tree = context.package.directoryURL.appending(path: "sql", directoryHint: .isDirectory)
        let output = context.pluginWorkDirectoryURL.appending(path: "SQLBundle.swift")
        return [
            .buildCommand(
                displayName: "Embedding the SQL tree",
                executable: try context.tool(named: "sqlbundle").url,
                arguments: ["swift", "--sql", tree.path, "--out", output.path],
                inputFiles: try inputs(below: tree),
                outputFiles: [output])
        ]
    }

    /// Every file of the tree, and its directories, which change when a file comes or goes.
    private func inputs(below tree: URL) throws -> [URL] {
        guard let files = FileManager.default.enumerator(at: tree, includingPropertiesForKeys: nil) else {
            throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: tree.path])
        }
        return [tree] + files.compactMap { $0 as? URL }
    }
}
