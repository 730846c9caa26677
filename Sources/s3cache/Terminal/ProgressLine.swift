internal import Glibc

/// Shows how far a job is: one line that redraws itself on a terminal, a plain line now and then elsewhere.
struct ProgressLine {
    private let isTerminal = Output.isTerminal(STDERR_FILENO)
    private var last = ""
    private var begin: (at: ContinuousClock.Instant, amount: ProgressBar.Amount)?

    /// Shows the state of a job, if it has changed.
    mutating func show(_ job: JobRow, now: ContinuousClock.Instant = .now) {
        let subject = "\(job.kind) of \(job.cache)"
        if job.state == "running", let done = job.done {
            let total = job.total.map { Int($0) }
            let amount = ProgressBar.Amount(
                files: Int(done), ofFiles: total.flatMap { $0 > 0 && $0 >= done ? $0 : nil }, isEstimated: true)
            let begin = begin ?? (now, amount)
            self.begin = begin
            draw(
                ProgressText(
                    title: subject, unit: "files", amount: amount, since: begin.amount, elapsed: now - begin.at))
        } else if job.state == "waiting" {
            draw("\(subject): waiting to try again (\(job.error ?? "no reason given"))")
        } else {
            draw("\(subject): \(job.state)")
        }
    }

    /// Leaves the terminal's line clean.
    mutating func finish() {
        if isTerminal, !last.isEmpty { Output.redraw("") }
        last = ""
    }

    private mutating func draw(_ text: ProgressText) {
        draw(isTerminal ? text.line(width: LiveLine.room(in: Output.columns())) : text.plain)
    }

    private mutating func draw(_ text: String) {
        guard text != last else { return }
        last = text
        if isTerminal { Output.redraw(text) } else { Output.error(text) }
    }
}
