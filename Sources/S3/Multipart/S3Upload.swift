/// An upload in parts that is under way, or was left.
public struct S3Upload: Hashable, Sendable {
    /// What the object's key would be.
    public var key: String
    /// What the server calls it.
    public var id: String
    /// When it began, in microseconds since 1970.
    public var startedAt: Int64

    /// An upload.
    public init(key: String, id: String, startedAt: Int64) {
        self.key = key
        self.id = id
        self.startedAt = startedAt
    }
}
