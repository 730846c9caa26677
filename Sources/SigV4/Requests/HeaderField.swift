/// A header of a request.
///
/// Descriptions hide the values of headers that carry secrets: authorization, session token, customer-provided keys.
public struct HeaderField: Hashable, Sendable {
    /// Its name; case does not matter.
    public var name: String
    /// Its value.
    public var value: String

    /// Takes name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the value must not be shown.
    public var isSensitive: Bool { Self.isSensitive(name) }

    static func isSensitive(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "authorization" || name == "x-amz-security-token"
            || name.hasSuffix("server-side-encryption-customer-key")
    }
}

extension HeaderField: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `name: value`, or `name: hidden`.
    public var description: String { "\(name): \(isSensitive ? "hidden" : value)" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: no secret.
    public var customMirror: Mirror {
        Mirror(self, children: ["name": name, "value": isSensitive ? "hidden" : value])
    }
}
