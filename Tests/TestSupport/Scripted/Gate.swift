import Dispatch

/// Holds a server's thread until a test opens it.
public final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// A closed one.
    public init() {}

    /// Lets everyone pass from now on.
    public func open() {
        semaphore.signal()
    }

    /// Waits until it is open, for two minutes at most.
    public func pass() {
        if semaphore.wait(timeout: .now() + .seconds(120)) == .success { semaphore.signal() }
    }
}
