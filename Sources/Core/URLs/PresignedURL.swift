/// A URL with which anyone can read one object until it ends.
///
/// Descriptions and dumps leave out its query, so that it does not end up in a log by accident.
public struct PresignedURL: Hashable, Sendable {
    /// The URL. Treat it like a password.
    public var text: String
    /// When it stops working.
    public var expiresAt: Timestamp

    /// A URL that a store made.
    public init(text: String, expiresAt: Timestamp) {
        self.text = text
        self.expiresAt = expiresAt
    }

    /// How long a URL may live: 1 second to 7 days, as Signature Version 4 has it.
    public static let lifetimes = 1...604_800
}

extension PresignedURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL up to its query.
    public var description: String { "\(text.prefix { $0 != "?" })" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// What `dump` shows: the URL up to its query.
    public var customMirror: Mirror { Mirror(self, children: ["text": description]) }
}

/// A file of a cache and a URL of its object.
public struct PresignedFile: Hashable, Sendable {
    /// The file's name in the cache.
    public var filename: String
    /// Its URL.
    public var url: PresignedURL

    /// A file with its URL.
    public init(filename: String, url: PresignedURL) {
        self.filename = filename
        self.url = url
    }
}
