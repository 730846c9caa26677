internal import Synchronization

/// What all requests of a client may spend on retries.
final class RetryTokens: Sendable {
    private let capacity: Int
    private let available: Mutex<Int>

    init(capacity: Int) {
        self.capacity = max(0, capacity)
        available = Mutex(self.capacity)
    }

    /// How many are left.
    var count: Int { available.withLock(\.self) }

    /// Takes `cost` tokens; false, and nothing taken, where there are fewer.
    func take(_ cost: Int) -> Bool {
        available.withLock { available in
            guard available >= cost else { return false }
            available -= cost
            return true
        }
    }

    /// Gives one back.
    func refund() {
        available.withLock { $0 = min(capacity, $0 + 1) }
    }
}
