/// The notifications of a connection, in the order in which they arrive.
///
/// It keeps the connection open while it is used. When the connection breaks, it throws the reason; when the connection
/// is closed by `close()`, or the iterating task is cancelled, it ends.
///
/// Notifications are hints: when more arrive than are read, the oldest are dropped beyond the limit given to `listen`.
public struct PostgresNotifications: AsyncSequence, Sendable {
    /// What is iterated.
    public typealias Element = PostgresNotification

    let connection: PostgresConnection
    let stream: AsyncThrowingStream<PostgresNotification, any Error>

    /// Reads from the buffer.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let connection: PostgresConnection
        var base: AsyncThrowingStream<PostgresNotification, any Error>.AsyncIterator

        /// The next notification; nil when the connection was closed. Throws when it broke.
        public mutating func next() async throws -> PostgresNotification? {
            try await base.next()
        }
    }

    /// To be called once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(connection: connection, base: stream.makeAsyncIterator())
    }
}
