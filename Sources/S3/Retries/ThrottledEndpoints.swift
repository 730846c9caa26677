internal import Synchronization

/// The servers that ask for fewer requests now, for all clients that share it: their requests stand back together.
///
/// Only such servers are in it, `capacity` of them at most; one more takes the place of that whose pause ends first.
public final class ThrottledEndpoints: Sendable {
    /// What is limited together: a bucket where AWS serves it, else all that a server has.
    struct Place: Hashable {
        let endpoint: S3Endpoint
        let bucket: String?

        init(_ endpoint: S3Endpoint, bucket: String) {
            self.endpoint = endpoint
            self.bucket = endpoint.isAWS ? bucket : nil
        }
    }

    private let capacity: Int
    private let backoffs = Mutex<[Place: EndpointBackoff]>([:])

    /// None yet.
    public init() { capacity = 256 }

    /// None yet, and at most so many.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// How many are in it.
    var count: Int { backoffs.withLock(\.count) }

    /// How long a request has to wait before it asks again (zero: it goes now), and for how long nothing has succeeded.
    func turn(at place: Place, now: Duration) -> (wait: Duration, age: Duration) {
        backoffs.withLock { backoffs in
            if backoffs.isEmpty { return (.zero, .zero) }
            let wait = backoffs[place]?.wait(at: now) ?? .zero
            if backoffs[place]?.isOver == true { backoffs[place] = nil }
            return (wait, backoffs[place]?.age(at: now) ?? .zero)
        }
    }

    /// A server has asked for fewer requests, and for a pause of `asked`; gives how long nothing is sent to it.
    func throttled(
        _ place: Place, sentAt: Duration, at now: Duration, asked: Duration, random: Double, policy: S3RetryPolicy
    ) -> Duration {
        backoffs.withLock { backoffs in
            if backoffs.count >= capacity, backoffs[place] == nil,
                let first = backoffs.min(by: { $0.value.end < $1.value.end })
            {
                backoffs[first.key] = nil
            }
            return backoffs[
                place, default: EndpointBackoff(base: policy.baseBackoff, maximum: policy.maximumBackoff)
            ].throttled(sentAt: sentAt, at: now, asked: min(asked, policy.maximumRetryAfter), random: random)
        }
    }

    /// A server has answered as usual.
    func succeeded(_ place: Place, sentAt: Duration, at now: Duration) {
        backoffs.withLock { backoffs in
            if backoffs.isEmpty { return }
            backoffs[place]?.succeeded(sentAt: sentAt, at: now)
            if backoffs[place]?.isOver == true { backoffs[place] = nil }
        }
    }
}
