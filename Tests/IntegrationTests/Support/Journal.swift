import Core
import Synchronization

/// What the tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in body(&value) }
    }
}

/// Keeps what a worker observed.
final class Journal: Sendable {
    private let kept = Shared<[Observation]>([])

    var observe: Observe { { [kept] observation in kept.withLock { $0.append(observation) } } }

    var all: [Observation] { kept.value }

    /// How many observations are of some kind.
    func count(_ isWanted: (Observation) -> Bool) -> Int { all.count(where: isWanted) }
}
