/// An upload in parts that has neither been completed nor aborted. What is stored of it costs, and cannot be read.
public struct PendingUpload: Hashable, Sendable {
    /// What the object's key would be.
    public var key: ObjectKey
    /// What the store calls it.
    public var id: String
    /// When it began, by the store's clock.
    public var startedAt: Timestamp

    /// An upload that a store tells of.
    public init(key: ObjectKey, id: String, startedAt: Timestamp) {
        self.key = key
        self.id = id
        self.startedAt = startedAt
    }
}
