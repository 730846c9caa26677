import Synchronization

/// Tells tasks that another one is done.
public final class Signal: Sendable {
    private let state = Mutex(false)

    /// A signal that has not been given.
    public init() {}

    /// Whether it has been given.
    public var isGiven: Bool { state.withLock { $0 } }

    /// Gives the signal.
    public func give() { state.withLock { $0 = true } }
}
