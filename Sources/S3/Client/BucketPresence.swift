internal import Synchronization

/// What is known of the existence of buckets: a HEAD's 404 has no body that would tell a missing object from a missing
/// bucket. It holds at most `capacity` buckets; when there are more, it begins anew.
final class BucketPresence: Sendable {
    private struct Answer {
        var exists: Bool
        var until: Int64
    }

    private let capacity: Int
    private let interval: Int64
    private let answers = Mutex<[String: Answer]>([:])

    init(interval: Duration, capacity: Int = 1_000) {
        self.interval = max(0, interval.components.seconds)
        self.capacity = max(1, capacity)
    }

    /// Whether the bucket exists, where that was seen lately.
    func isKnown(_ bucket: String, now: Int64) -> Bool? {
        answers.withLock { answers in
            guard let answer = answers[bucket], now <= answer.until, now > answer.until - interval - 1 else {
                return nil
            }
            return answer.exists
        }
    }

    /// The bucket was seen, or seen to be missing: the latter is believed for a tenth of the time.
    func keep(_ bucket: String, exists: Bool, now: Int64) {
        answers.withLock { answers in
            if answers.count >= capacity, answers[bucket] == nil { answers.removeAll(keepingCapacity: true) }
            answers[bucket] = Answer(exists: exists, until: now + (exists ? interval : interval / 10))
        }
    }

    func forget(_ bucket: String) { answers.withLock { $0[bucket] = nil } }
}
