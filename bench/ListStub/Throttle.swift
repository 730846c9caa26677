internal import Synchronization

/// Decides which requests are answered 503 SlowDown.
final class Throttle: Sendable {
    /// What is throttled.
    struct Limits {
        /// The part of all requests, at random.
        var fraction = 0.0
        /// Those beyond so many in flight; nil for no limit.
        var inFlight: Int?
        /// Those beyond so many a second, with a tenth of a second's in store; nil for no limit.
        var rate: Double?
    }

    private struct Store {
        var requests: Double
        var filled: ContinuousClock.Instant
    }

    private let limits: Limits
    private let store: Mutex<Store>

    init(_ limits: Limits) {
        self.limits = limits
        store = Mutex(Store(requests: max(1, (limits.rate ?? 0) / 10), filled: .now))
    }

    /// Whether the request is refused that arrives now, as one of `inFlight`, with these random numbers.
    func refuses(inFlight: Int, _ random: inout SplitMix64) -> Bool {
        if random.unit() < limits.fraction { return true }
        if let limit = limits.inFlight, inFlight > limit { return true }
        guard let rate = limits.rate else { return false }
        return store.withLock { store in
            let now = ContinuousClock.now
            let seconds: Double = (now - store.filled) / .seconds(1)
            store.requests = min(max(1, rate / 10), store.requests + rate * seconds)
            store.filled = now
            guard store.requests >= 1 else { return true }
            store.requests -= 1
            return false
        }
    }
}
