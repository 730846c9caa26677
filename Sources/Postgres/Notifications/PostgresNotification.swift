/// What `NOTIFY` or `pg_notify` sent.
public struct PostgresNotification: Sendable, Hashable {
    /// The channel's name.
    public let channel: String
    /// The payload; empty when there was none.
    public let payload: String
    /// The server process that sent it.
    public let backendPID: Int32

    /// A notification, for tests of what consumes them.
    public init(channel: String, payload: String, backendPID: Int32) {
        self.channel = channel
        self.payload = payload
        self.backendPID = backendPID
    }
}
