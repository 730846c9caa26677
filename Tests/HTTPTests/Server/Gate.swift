import Dispatch

/// Holds a server's thread until a test opens it.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Lets everyone pass from now on.
    func open() {
        semaphore.signal()
    }

    /// Waits until it is open, for twenty seconds at most.
    func pass() {
        if semaphore.wait(timeout: .now() + .seconds(20)) == .success { semaphore.signal() }
    }
}
