/// A URL that carries its signature: whoever has it can do what it was made for until it expires.
///
/// Descriptions and dumps leave out its query, so that it does not end up in a log by accident.
public struct PresignedURL: Hashable, Sendable {
    /// The URL. Treat it like a password.
    public let text: String
}

extension PresignedURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL up to its query.
    public var description: String { "\(text.prefix { $0 != "?" })?(signed)" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: the URL up to its query.
    public var customMirror: Mirror { Mirror(self, children: ["text": description]) }
}
