/// `frozen.sum`: which schema files belong to which released version, and what they contained.
///
/// A line is `<version> <schema file> <sha256>`; a release that changed no schema has `<version> - -`. `#` starts a comment.
struct FrozenSums {
    struct Entry {
        let version: Version
        let fileName: String
        let checksum: String
    }

    let entries: [Entry]
    /// Every released version, oldest first.
    let versions: [Version]

    /// Throws `BundleError` with a line for each malformed line.
    init(text: String) throws(BundleError) {
        var entries: [Entry] = []
        var versions: Set<Version> = []
        var problems: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            guard !words.isEmpty else { continue }
            guard words.count == 3, let version = Version(words[0]) else {
                problems.append("frozen.sum, line \(index + 1): expected `<version> <schema file> <sha256>`")
                continue
            }
            versions.insert(version)
            guard words[1] != "-" else { continue }
            entries.append(Entry(version: version, fileName: words[1], checksum: words[2]))
        }
        guard problems.isEmpty else { throw BundleError(problems: problems) }
        self.entries = entries
        self.versions = versions.sorted()
    }

    /// The names of the schema files that a database at `version` has.
    func files(upTo version: Version) -> Set<String> {
        Set(entries.filter { $0.version <= version }.map(\.fileName))
    }
}
