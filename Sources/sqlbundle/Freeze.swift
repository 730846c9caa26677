/// Recording a release in frozen.sum: from then on its schema files may not change.
enum Freeze {
    /// The text of frozen.sum with the tree's version added.
    static func text(_ tree: SQLTree, current: String) throws(BundleError) -> String {
        guard !tree.frozen.versions.contains(tree.version) else {
            throw BundleError("version \(tree.version) is frozen already")
        }
        let released = Set(tree.frozen.entries.map(\.fileName))
        let fresh = tree.schema.filter { !released.contains($0.fileName) }
        let lines = fresh.map { "\(tree.version) \($0.fileName) \($0.checksum)\n" }
        return current + (lines.isEmpty ? "\(tree.version) - -\n" : lines.joined())
    }
}
