internal import Synchronization

/// Carries the cancellation of a task to the thread that works for it.
///
/// Operations are numbered, so that a cancellation that comes too late for its own operation cannot hit the next one.
final class Interruption: Sendable {
    private let wake: WakeSignal
    private let newestCancelled = Mutex<UInt64>(0)

    init(wake: WakeSignal) {
        self.wake = wake
    }

    /// Asks for the end of an operation. From any thread.
    func cancel(_ operation: UInt64) {
        newestCancelled.withLock { $0 = max($0, operation) }
        wake.raise()
    }

    /// Whether the end of this operation (the connection's newest) was asked for.
    func isCancelled(_ operation: UInt64) -> Bool {
        newestCancelled.withLock { $0 == operation }
    }
}
