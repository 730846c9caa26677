internal import Synchronization

/// What was asked and answered since the last reset.
final class Counters: Sendable {
    private struct Values {
        var requests = 0
        var pages = 0
        var objects = 0
        var maximumInFlight = 0
        var throttled = 0
        var faulty = 0
    }

    private let values = Mutex(Values())
    private let running = Atomic<Int>(0)

    /// A request has begun: its number, from 1, and how many are now in flight.
    func begin() -> (number: Int, inFlight: Int) {
        let inFlight = running.add(1, ordering: .relaxed).newValue
        return values.withLock { values in
            values.requests += 1
            values.maximumInFlight = max(values.maximumInFlight, inFlight)
            return (values.requests, inFlight)
        }
    }

    /// A request has its answer, or nobody waits for it any more.
    func end() {
        running.subtract(1, ordering: .relaxed)
    }

    /// A page is asked for: its number, from 1.
    func beginPage() -> Int {
        values.withLock { values in
            values.pages += 1
            return values.pages
        }
    }

    /// What is in the page that was asked for.
    func endPage(objects: Int, isFaulty: Bool) {
        values.withLock { values in
            values.objects += objects
            values.faulty += isFaulty ? 1 : 0
        }
    }

    /// A request was refused.
    func throttle() {
        values.withLock { $0.throttled += 1 }
    }

    /// Begins anew; what is in flight stays so.
    func reset() {
        values.withLock { values in
            values = Values()
        }
    }

    /// All of them.
    var json: String {
        let now = values.withLock { $0 }
        return """
            {"requests": \(now.requests), "pages": \(now.pages), "objects": \(now.objects), \
            "max_in_flight": \(now.maximumInFlight), "throttled": \(now.throttled), "faulty": \(now.faulty)}

            """
    }
}
