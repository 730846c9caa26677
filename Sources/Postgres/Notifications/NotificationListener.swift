internal import Synchronization

/// The sending end of a connection's notifications.
final class NotificationListener: Sendable {
    private let continuation: AsyncThrowingStream<PostgresNotification, any Error>.Continuation
    private let isAbandonedFlag = Atomic(false)

    init(_ continuation: AsyncThrowingStream<PostgresNotification, any Error>.Continuation) {
        self.continuation = continuation
    }

    /// Starts to notice that nobody listens any more.
    func observeTermination() {
        continuation.onTermination = { [weak self] _ in
            self?.isAbandonedFlag.store(true, ordering: .relaxed)
        }
    }

    /// Whether nobody listens any more.
    var isAbandoned: Bool { isAbandonedFlag.load(ordering: .relaxed) }

    func deliver(_ notification: PostgresNotification) {
        continuation.yield(notification)
    }

    /// Ends the sequence, with an error where there is one.
    func finish(_ error: PostgresError?) {
        continuation.finish(throwing: error)
    }
}
