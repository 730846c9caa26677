/// How the rules that are ours are told from those of others.
enum RuleID {
    /// Whether a rule of this id was written here under this name.
    static func isOurs(_ id: String?, _ name: String) -> Bool {
        guard let id else { return false }
        guard id.utf8.starts(with: name.utf8) else { return false }
        let rest = id.utf8.dropFirst(name.utf8.count)
        return rest.isEmpty || (rest.first == UInt8(ascii: "-") && Int(String(rest.dropFirst()) ?? "") != nil)
    }

    /// The name, with a number where it is taken.
    static func free(_ name: String, among taken: Set<String>) -> String {
        var id = name
        var number = 2
        while taken.contains(id) {
            id = "\(name)-\(number)"
            number += 1
        }
        return id
    }
}
