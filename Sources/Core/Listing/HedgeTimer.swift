/// When a request counts as a straggler, so that a second one is made beside it and the first answer is used: Dean and
/// Barroso, "The Tail at Scale" (2013), hedged requests.
///
/// Few extra requests cut off nearly all of the tail, provided that they are made for the slowest alone: a budget sees to it
/// that a server that is slow altogether is not asked twice as much.
public struct HedgeTimer: Hashable, Sendable {
    /// So many of the last latencies are kept.
    private static let kept = 64
    /// Before so many are known nothing is a straggler.
    private static let needed = 16
    private static let shortest = Duration.milliseconds(100)
    /// One of so many requests may be made twice.
    private static let requestsPerHedge = 20
    private static let burst = 4

    private var latencies: [Duration] = []
    private var oldest = 0
    /// In parts of a hedge: so many requests have earned one.
    private var credit = burst * requestsPerHedge

    /// Nothing is known yet.
    public init() {}

    /// Takes note that a request was answered, `latency` after it was first made: where it was made twice, the time since the
    /// first, whichever was answered. Refusals and failures are not to be told.
    public mutating func answered(in latency: Duration) {
        if latencies.count < Self.kept {
            latencies.append(latency)
        } else {
            latencies[oldest] = latency
            oldest = (oldest + 1) % Self.kept
        }
        credit = min(credit + 1, Self.burst * Self.requestsPerHedge)
    }

    /// After how long without an answer a request counts as a straggler: three times the 90th percentile of the last
    /// latencies, 100 ms at least; nil as long as too few are known.
    public func delay() -> Duration? {
        guard latencies.count >= Self.needed else { return nil }
        let rank = (latencies.count * 9 + 9) / 10
        return max(Self.shortest, latencies.sorted()[rank - 1] * 3)
    }

    /// Whether a second request may be made now, which is then counted: one for every 20 that were answered, and four more.
    public mutating func mayHedge() -> Bool {
        guard credit >= Self.requestsPerHedge else { return false }
        credit -= Self.requestsPerHedge
        return true
    }
}
