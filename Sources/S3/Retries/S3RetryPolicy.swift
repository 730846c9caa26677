/// How often, and when, a failed request is made again.
///
/// Source: "Retry behavior", AWS SDKs and Tools Reference Guide, standard mode.
public struct S3RetryPolicy: Sendable, Equatable {
    /// How often a request is made at most, the first time included.
    public var maximumAttempts = 4
    /// How many tokens all requests of a client share. Each retry takes `retryCost`, after a time-out `timeoutCost`; each
    /// success gives one back. Without tokens nothing is retried, so that a failing server is left alone.
    public var tokenCapacity = 500
    /// What a retry takes.
    public var retryCost = 5
    /// What a retry after a time-out takes.
    public var timeoutCost = 10
    /// The longest pause before the first retry; it doubles with each further one. The actual pause is random.
    public var baseBackoff: Duration = .milliseconds(100)
    /// The longest pause.
    public var maximumBackoff: Duration = .seconds(20)
    /// How long a pause the server may ask for. When it asks for a longer one, its error is thrown at once.
    public var maximumRetryAfter: Duration = .seconds(60)
    /// For how long calls wait for their turn while a server asks for fewer requests and none succeeds. From then on they wait
    /// for a second, and fail.
    public var maximumThrottleWait: Duration = .seconds(10)

    /// The policy as it is documented.
    public init() {}

    /// The pause before retry `number` (1 is the first), where `random` is at least 0 and less than 1.
    func backoff(retry number: Int, random: Double) -> Duration {
        let factor = 1 << min(max(0, number - 1), 20)
        return min(maximumBackoff, baseBackoff * factor) * min(1, max(0, random))
    }

    func cost(of error: S3Error) -> Int {
        switch error.code {
        case .timedOut, .stalled: timeoutCost
        default: error.httpCode == .connectTimedOut ? timeoutCost : retryCost
        }
    }
}
