/// What must hold of the tree as a whole: its history is without gaps, what was released is unchanged, and no two files
/// create the same object.
enum TreeRules {
    /// One clear line for each problem.
    static func problems(of tree: SQLTree) -> [String] {
        numberingProblems(of: tree) + frozenProblems(of: tree) + releaseProblems(of: tree) + objectProblems(of: tree)
    }

    private static func numberingProblems(of tree: SQLTree) -> [String] {
        tree.schema.enumerated().compactMap { index, file in
            guard let number = file.number else {
                return "schema/\(file.fileName): expected a name such as 0001_jobs.sql"
            }
            guard number != index + 1 else { return nil }
            return "schema/\(file.fileName): expected number \(index + 1) here; numbers start at 1 and leave no gap"
        }
    }

    private static func frozenProblems(of tree: SQLTree) -> [String] {
        let present = Dictionary(tree.schema.map { ($0.fileName, $0.checksum) }) { first, _ in first }
        return tree.frozen.entries.compactMap { entry in
            guard let checksum = present[entry.fileName] else {
                return "schema/\(entry.fileName): was released with \(entry.version) and is gone"
            }
            guard checksum != entry.checksum else { return nil }
            return "schema/\(entry.fileName): was released with \(entry.version) and may not change; add a new file"
        }
    }

    /// A version that is already released gets no more schema files, and released files come before new ones.
    private static func releaseProblems(of tree: SQLTree) -> [String] {
        let frozenNames = tree.frozen.entries.map(\.fileName)
        let released = Set(frozenNames)
        let unreleased = tree.schema.filter { !released.contains($0.fileName) }
        var problems: [String] = []
        if let newest = tree.frozen.versions.last, newest > tree.version {
            problems.append("version: \(tree.version) is older than \(newest), which is released")
        }
        if let file = unreleased.first, tree.frozen.versions.contains(tree.version) {
            problems.append("schema/\(file.fileName): is new, but \(tree.version) is released: raise the version")
        }
        if frozenNames.count != released.count {
            problems.append("frozen.sum: names a schema file twice")
        }
        if !tree.schema.map(\.fileName).starts(with: frozenNames.sorted()) {
            let isMissing = !released.isSubset(of: tree.schema.map(\.fileName))
            problems += isMissing ? [] : ["schema: a file was added before ones that are already released"]
        }
        return problems
    }

    private static func objectProblems(of tree: SQLTree) -> [String] {
        var creator: [ObjectIdentity: String] = [:]
        return tree.code.flatMap { file in
            file.objects.compactMap { object in
                guard let other = creator.updateValue(file.path, forKey: object) else { return nil }
                return "code/\(file.path): declares \(object.text), as code/\(other) does"
            }
        }
    }
}
