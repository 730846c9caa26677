/// How all requests to one server stand back together after it has asked for fewer.
///
/// Each answer that asks for fewer makes a pause in which nothing is sent. After it one request goes and shows whether it
/// is over; the others follow when that one has succeeded, or after the ceiling. The ceiling doubles with each such answer
/// and halves with each success, the last of which ends it all. Times are those of a clock that never goes back.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog (full jitter).
struct EndpointBackoff {
    /// The ceiling of the first pause; it doubles with each further one, up to `maximum`.
    private let base: Duration
    private let maximum: Duration
    /// How many successes it takes until nothing is held back any more.
    private(set) var level = 0
    private var closedUntil: Duration = .zero
    private var begunAt: Duration = .zero
    private var countedAt: Duration = .zero

    init(base: Duration, maximum: Duration) {
        self.base = base
        self.maximum = maximum
    }

    /// Whether nothing is held back.
    var isOver: Bool { level == 0 }

    /// Until when nothing is sent.
    var end: Duration { closedUntil }

    /// For how long nothing has succeeded, since the first answer that asked for fewer.
    func age(at now: Duration) -> Duration { level == 0 ? .zero : now - begunAt }

    private var ceiling: Duration { min(maximum, base * (1 << max(0, level - 1))) }

    /// How long a request that is ready now has to wait before it asks again; zero: it goes now.
    mutating func wait(at now: Duration) -> Duration {
        if level == 0 { return .zero }
        if now < closedUntil { return closedUntil - now }
        // Nobody has asked for anything since: that the server was busy then says nothing about now.
        if now >= closedUntil + maximum {
            level = 0
            return .zero
        }
        // It shows whether the pause is over, and holds up the others no longer than a pause.
        closedUntil = now + ceiling
        return .zero
    }

    /// A request that was sent at `sentAt` was answered with the wish for fewer, and for a pause of `asked`; gives how long
    /// nothing is sent. `random` is at least 0 and less than 1.
    ///
    /// What was on its way together counts once.
    mutating func throttled(sentAt: Duration, at now: Duration, asked: Duration, random: Double) -> Duration {
        if level == 0 || sentAt >= countedAt {
            if level == 0 { begunAt = now }
            level = min(level + 1, 20)
            countedAt = now
            closedUntil = now + ceiling * min(1, max(0, random))
        }
        closedUntil = max(closedUntil, now + asked)
        return closedUntil - now
    }

    /// A request that was sent at `sentAt` was answered as usual.
    mutating func succeeded(sentAt: Duration, at now: Duration) {
        guard level > 0, sentAt >= countedAt else { return }
        level -= 1
        closedUntil = now
        begunAt = now
    }
}
