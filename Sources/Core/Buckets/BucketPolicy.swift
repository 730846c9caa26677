/// A bucket's policy: a JSON document with statements, each of which allows or denies something.
///
/// Source: "Policies and permissions in Amazon S3" and "IAM JSON policy elements", AWS documentation.
public struct BucketPolicy: Hashable, Sendable {
    /// The whole document.
    public private(set) var document: JSONValue

    /// A policy without statements.
    public init() {
        document = .object(["Version": .string("2012-10-17"), "Statement": .array([])])
    }

    /// The policy that a document is; nil where it is none.
    public init?(_ document: JSONValue) {
        guard case .object(let members) = document,
            (members["Statement"] ?? .array([])).elements.allSatisfy({ $0["Effect"] != nil })
        else { return nil }
        self.document = document
    }

    /// What it allows and denies.
    public var statements: [JSONValue] { (document["Statement"] ?? .array([])).elements }

    /// Puts a statement in, in place of the one of the same `Sid`; all others stay as they are.
    ///
    /// A statement that says the same is enough, whatever its `Sid`.
    public mutating func merge(_ statement: JSONValue) -> MergeOutcome {
        guard case .object(var members) = document else { return .present(id: nil) }
        var statements = statements
        if let same = statements.first(where: { Self.meaning($0) == Self.meaning(statement) }) {
            return .present(id: same["Sid"]?.string)
        }
        let index = statements.firstIndex { $0["Sid"] != nil && $0["Sid"] == statement["Sid"] }
        if let index { statements[index] = statement } else { statements.append(statement) }
        members["Statement"] = .array(statements)
        document = .object(members)
        return index == nil ? .added : .updated
    }

    /// Whether it lets everyone do one of these things, such as `s3:PutObject`, without any condition.
    public func letsEveryone(doAnyOf actions: [String]) -> Bool {
        statements.contains { statement in
            guard statement["Effect"]?.string == "Allow", Self.isForEveryone(statement),
                (statement["Condition"] ?? .object([:])) == .object([:])
            else { return false }
            if let excepted = statement["NotAction"] {
                return actions.contains { action in
                    !excepted.elements.contains { Self.matches($0.string ?? "", action) }
                }
            }
            let allowed = (statement["Action"] ?? .array([])).elements.compactMap(\.string)
            return actions.contains { action in allowed.contains { Self.matches($0, action) } }
        }
    }

    private static func isForEveryone(_ statement: JSONValue) -> Bool {
        // Everyone but some is everyone.
        if statement["NotPrincipal"] != nil { return true }
        guard let principal = statement["Principal"] else { return false }
        if principal == .string("*") { return true }
        return principal["AWS"]?.elements.contains(.string("*")) == true
    }

    /// Whether a pattern with `*` and `?` stands for an action, whatever the case of its letters.
    static func matches(_ pattern: String, _ action: String) -> Bool {
        let pattern = Array(pattern.lowercased().utf8)
        let text = Array(action.lowercased().utf8)
        var (at, position) = (0, 0)
        var star: (at: Int, position: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == text[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.at, last.position + 1)
                at = last.at + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// A statement without its name, and with lists of one in place of single values.
    private static func meaning(_ statement: JSONValue) -> JSONValue {
        guard case .object(var members) = statement else { return statement }
        members["Sid"] = nil
        return lists(.object(members))
    }

    private static func lists(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(members.mapValues(lists))
        case .array(let elements): elements.count == 1 ? elements[0] : value
        default: value
        }
    }
}
