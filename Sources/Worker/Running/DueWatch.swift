/// What an idle worker knows of when the next waiting job is due, so that it asks only when that may have changed.
///
/// It asks once when it has become idle, and again when the moment has passed that it was told.
struct DueWatch {
    private var isKnown = false
    private var next: ContinuousClock.Instant?
    private var isOverdue = false

    /// A job may have begun to wait.
    mutating func forget() {
        isKnown = false
        isOverdue = false
    }

    /// Whether to ask.
    func isUnknown(at now: ContinuousClock.Instant) -> Bool { !isKnown || next.map { $0 <= now } ?? false }

    /// The next job is due after `wait`; nil: none waits. Gives whether one has become due just now, so that looking again
    /// soon is worth while; what stays due is left to the usual waits.
    mutating func learn(_ wait: Duration?, at now: ContinuousClock.Instant) -> Bool {
        let wasOverdue = isOverdue
        isKnown = true
        next = wait.map { now + $0 }
        isOverdue = wait.map { $0 <= .zero } ?? false
        return isOverdue && !wasOverdue
    }

    /// How long to wait, `longest` at most.
    func delay(at now: ContinuousClock.Instant, longest: Duration) -> Duration {
        guard let next, next > now else { return longest }
        return min(longest, next - now)
    }
}
