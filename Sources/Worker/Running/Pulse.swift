internal import Synchronization

/// When something last happened; shared by the loop that does it and those that watch it.
final class Pulse: Sendable {
    private let last = Mutex(ContinuousClock.now)

    /// It happened now, or at the given moment.
    func beat(at moment: ContinuousClock.Instant = .now) { last.withLock { $0 = max($0, moment) } }

    /// When it last happened.
    var lastBeat: ContinuousClock.Instant { last.withLock { $0 } }
}
