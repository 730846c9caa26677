internal import Synchronization

/// A value that the tasks of a test share, or a test and its server.
public final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    /// Starts with a value.
    public init(_ value: Value) { mutex = Mutex(value) }

    /// What it is now.
    public var value: Value { mutex.withLock { $0 } }

    /// Changes it; nobody else sees it meanwhile.
    public func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in body(&value) }
    }
}
