import S3
import Synchronization

/// A clock that stands still but for sleeping, which takes no time.
final class TestClock: S3Clock {
    private let state: Mutex<(now: Int64, pauses: [Duration])>

    init(now: Int64 = 1_700_000_000) {
        state = Mutex((now, []))
    }

    var now: Int64 { state.withLock(\.now) }

    /// How long everyone has slept, in order.
    var pauses: [Duration] { state.withLock(\.pauses) }

    /// The sum of the pauses.
    var uptime: Duration { state.withLock { $0.pauses.reduce(.zero, +) } }

    func advance(_ seconds: Int64) {
        state.withLock { $0.now += seconds }
    }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { $0.pauses.append(duration) }
    }
}
