/// The time spent on a rebuild: by earlier attempts, and since this one began.
struct TimeSpent: Sendable {
    private let before: Double
    private let began: ContinuousClock.Instant

    /// The time that is going on, on top of the seconds of earlier attempts.
    init(before: Double, began: ContinuousClock.Instant) {
        self.before = before
        self.began = began
    }

    /// All of it, in seconds, by a clock that nobody sets.
    var seconds: Double { before + began.elapsedSeconds }
}
