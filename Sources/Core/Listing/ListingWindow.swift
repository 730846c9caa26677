/// How many listing requests may be under way, so that a server that throttles is asked no faster than it answers.
///
/// Additive increase, multiplicative decrease with slow start, as TCP does it (RFC 5681, sections 3.1 and 3.2; Chiu and Jain,
/// "Analysis of the increase and decrease algorithms for congestion avoidance", 1989): the window doubles every round trip
/// until the first throttling and grows by one every round trip from then on; throttling halves it, once for all requests
/// that were under way together.
public struct ListingWindow: Hashable, Sendable {
    /// It never grows beyond this.
    public let maximum: Int
    private var exact: Double
    private var isSlowStart = true
    private var decreasedAt: Duration?

    /// A window of `start` requests, between 1 and `maximum`, which is 1 at least.
    public init(maximum: Int, start: Int = 8) {
        self.maximum = max(1, maximum)
        self.exact = Double(min(max(1, start), self.maximum))
    }

    /// How many requests may be under way: from 1 to `maximum`.
    public var size: Int { Int(exact) }

    /// Takes note of an answer. `throttled`: the server refused to work so fast (503 Slow Down, 429). `sentAt` and `now` are
    /// times of one monotonic clock, of any origin.
    public mutating func answered(sentAt: Duration, throttled: Bool, at now: Duration) {
        // What was sent before the last decrease says nothing about the window that there is now.
        if let decreasedAt, sentAt < decreasedAt { return }
        guard throttled else {
            exact = min(Double(maximum), exact + (isSlowStart ? 1 : 1 / exact))
            return
        }
        exact = max(1, exact / 2)
        isSlowStart = false
        decreasedAt = now
    }
}
