import Core
import TestSupport

/// Keeps what a worker observed.
final class Journal: Sendable {
    private let kept = Shared<[Observation]>([])

    var observe: Observe { { [kept] observation in kept.withLock { $0.append(observation) } } }

    var all: [Observation] { kept.value }

    /// How many observations are of some kind.
    func count(_ isWanted: (Observation) -> Bool) -> Int { all.count(where: isWanted) }
}
