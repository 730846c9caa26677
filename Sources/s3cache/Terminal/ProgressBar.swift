internal import Glibc

/// Shows how far work is: one line that redraws itself on a terminal, a plain line every few seconds elsewhere.
struct ProgressBar {
    /// What there is to show.
    struct Amount: Hashable {
        var files: Int
        /// Nil where nobody knows.
        var ofFiles: Int?
        var bytes: Int64 = 0
        /// 0 where nobody counts bytes.
        var ofBytes: Int64 = 0
        var failed = 0
        /// Whether the totals are estimates.
        var isEstimated = false
    }

    private let title: String?
    private let unit: String?
    private let started: ContinuousClock.Instant
    private let isTerminal = Output.isTerminal(STDERR_FILENO)
    private var shown: ContinuousClock.Instant?
    private var last: Amount?
    private var first: Amount?

    /// Begins now. `title` comes first where there is room; `unit` is what is counted, nil: bytes alone.
    init(_ title: String? = nil, unit: String? = "files", now: ContinuousClock.Instant = .now) {
        self.title = title
        self.unit = unit
        started = now
    }

    /// Shows it, unless it was shown just now.
    mutating func show(_ amount: Amount, now: ContinuousClock.Instant = .now) {
        let begin = first ?? amount
        first = begin
        let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
        guard amount != last, (shown ?? started) + pause <= now || (shown == nil && isTerminal) else { return }
        shown = now
        last = amount
        let text = ProgressText(title: title, unit: unit, amount: amount, since: begin, elapsed: now - started)
        if isTerminal {
            Output.redraw(text.line(width: LiveLine.room(in: Output.columns())))
        } else {
            Output.error(text.plain)
        }
    }

    /// Leaves the terminal clean.
    mutating func clear() {
        if isTerminal, shown != nil { Output.redraw("") }
        shown = nil
        last = nil
    }

    /// Megabytes of 1,000,000 bytes, and so on.
    static func bytes(_ count: Int64) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        guard count >= 1_000 else { return "\(count) B" }
        var value = Double(count) / 1_000
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
