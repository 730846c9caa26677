/// A POST policy with its signature: the fields that a form needs besides those that its conditions name.
///
/// Descriptions and dumps show no value: whoever has the fields can upload.
public struct SignedPolicy: Hashable, Sendable {
    /// `policy`, `x-amz-algorithm`, `x-amz-credential`, `x-amz-date`, for temporary credentials
    /// `x-amz-security-token`, and `x-amz-signature`. Treat them like a password.
    public let fields: [Field]

    /// A field of a form.
    public struct Field: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// The value of a field; nil if there is none of that name.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}

extension SignedPolicy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of the fields.
    public var description: String { "SignedPolicy(\(fields.map(\.name).joined(separator: ", ")))" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: the names of the fields.
    public var customMirror: Mirror { Mirror(self, children: ["fields": fields.map(\.name)]) }
}

extension SignedPolicy.Field: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name.
    public var description: String { name }

    /// The name.
    public var debugDescription: String { name }

    /// What `dump` shows: the name.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
