import Core
import Synchronization

/// Says when the checkpoint of an upload in parts is written down: it grows with each part, so that writing all of it each time
/// would be quadratic where there are thousands.
final class SavingPace: Sendable {
    private let interval: Duration
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// With so many parts it is so small that it is written with each.
    private static let fewParts = 100

    /// With each of the first parts, and then once an interval. What is stored in between, the next attempt stores once more.
    init(interval: Duration) { self.interval = interval }

    /// Whether it is to be written now: also, whatever the time is, before the first part, and once the last one is stored.
    func isDue(_ checkpoint: MultipartCheckpoint, of plan: MultipartPlan) -> Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            guard let before = last, now - before < interval, !checkpoint.isCompleting,
                checkpoint.parts.count > Self.fewParts, checkpoint.parts.count < plan.count
            else {
                last = now
                return true
            }
            return false
        }
    }
}
