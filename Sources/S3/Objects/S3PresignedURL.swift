internal import SigV4

/// A URL with which anyone can read one object until it ends.
///
/// Descriptions and dumps leave out its query, so that it does not end up in a log by accident.
public struct S3PresignedURL: Sendable {
    /// The URL. Treat it like a password.
    public var text: String { url.text }
    /// When it stops working, in seconds since 1970-01-01T00:00:00Z by this system's clock.
    public let expiresAt: Int64

    private let url: PresignedURL

    init(_ url: PresignedURL, expiresAt: Int64) {
        self.url = url
        self.expiresAt = expiresAt
    }
}

extension S3PresignedURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL up to its query.
    public var description: String { url.description }
    /// The same as `description`.
    public var debugDescription: String { url.description }
    /// What `dump` shows: the URL up to its query.
    public var customMirror: Mirror { url.customMirror }
}
