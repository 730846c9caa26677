import Foundation

/// The SQL tree as it lies on disk: everything that the products are made from.
///
/// Reading collects every problem instead of stopping at the first one, and gives no tree where there is any.
struct SQLTree {
    let version: Version
    let extensionPrologue: String
    let migrationPrologue: String
    let upgradePrologue: String?
    let roles: String
    /// In the order of their numbers.
    let schema: [SchemaFile]
    /// In the byte order of their paths.
    let code: [CodeFile]
    let grants: String
    let extensionEpilogue: String
    let migrationEpilogue: String
    let frozen: FrozenSums

    /// Throws `BundleError` with one line for each problem of the tree.
    init(directory: String) throws(BundleError) {
        var reader = TreeReader(root: URL(fileURLWithPath: directory, isDirectory: true))
        let versionText = reader.text("version").trimmingCharacters(in: .whitespacesAndNewlines)
        let version = Version(versionText)
        extensionPrologue = reader.script("prologue/extension.sql")
        migrationPrologue = reader.script("prologue/migrate.sql")
        upgradePrologue = reader.exists("prologue/upgrade.sql") ? reader.script("prologue/upgrade.sql") : nil
        roles = reader.script("roles.sql")
        schema = reader.schemaFiles()
        code = reader.codeFiles()
        grants = reader.script("grants.sql")
        extensionEpilogue = reader.script("epilogue/extension.sql")
        migrationEpilogue = reader.script("epilogue/migrate.sql")
        let frozen = reader.frozenSums()
        guard let version, let frozen, reader.problems.isEmpty else {
            let versionProblems = version == nil ? ["version: expected one line such as 0.1.0"] : []
            throw BundleError(problems: versionProblems + reader.problems)
        }
        self.version = version
        self.frozen = frozen
        let problems = TreeRules.problems(of: self)
        guard problems.isEmpty else { throw BundleError(problems: problems) }
    }

    /// Every object that the code creates, in the order of creation.
    var objects: [ObjectIdentity] {
        code.flatMap(\.objects)
    }
}
