/// What a code file creates, written as `DROP` takes it: `function s3cache.rebuild(text, boolean)`,
/// `view s3cache.jobs`, `trigger touched on s3cache.object`.
///
/// Functions name their argument types only: no modes, no names, no defaults. `@extschema@` stands for the schema of the
/// facade.
struct ObjectIdentity: Hashable {
    /// The kinds that a code file may create; an upgrade knows how to retire each of them.
    static let kinds: Set<String> = ["function", "procedure", "view", "trigger"]

    let text: String

    /// The identity that a line `-- object: …` declares; nil for a line of another sort.
    ///
    /// Throws `BundleError` where the line declares something that could not be retired.
    init?(line: Substring) throws(BundleError) {
        let marker = "-- object:"
        guard line.hasPrefix(marker) else { return nil }
        text = line.dropFirst(marker.count).split(separator: " ").joined(separator: " ")
        guard let problem else { return }
        throw BundleError("\(problem): \(line)")
    }

    /// The identity as an SQL literal.
    var literal: String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    private var problem: String? {
        let words = text.split(separator: " ")
        guard let kind = words.first.map(String.init), Self.kinds.contains(kind) else {
            return "an object line names one of \(Self.kinds.sorted().joined(separator: ", "))"
        }
        switch kind {
        case "function", "procedure":
            return text.contains("(") && text.hasSuffix(")") ? nil : "a \(kind) is named with its argument types"
        case "trigger":
            return words.count == 4 && words[2] == "on" ? nil : "a trigger is named `trigger NAME on TABLE`"
        default:
            return words.count == 2 ? nil : "a \(kind) is named `\(kind) SCHEMA.NAME`"
        }
    }
}
