/// A generated script in the making.
struct ScriptText {
    private(set) var text = ""

    /// Adds a file, under a comment that says where to look for it.
    mutating func add(file path: String, _ content: String) {
        text += "\n-- \(path)\n" + content
    }

    mutating func add(_ statement: String) {
        text += statement
    }

    /// The code, what it retires and the grants: the same in every script.
    mutating func addPresent(of tree: SQLTree) {
        for file in tree.code {
            add(file: "code/\(file.path)", file.text)
        }
        add("\n" + RetireStatement.sql(present: tree.objects))
        add(file: "grants.sql", tree.grants)
    }
}
