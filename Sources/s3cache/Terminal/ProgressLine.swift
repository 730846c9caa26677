internal import Glibc

/// Shows how far a job is: one line that redraws itself on a terminal, a plain line now and then elsewhere.
struct ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var last = ""

    /// Shows the state of a job, if it has changed.
    mutating func show(_ job: JobRow) {
        let text = describe(job)
        guard text != last else { return }
        last = text
        if isTerminal {
            Output.redraw(text)
        } else {
            Output.error(text)
        }
    }

    /// Leaves the terminal's line clean.
    mutating func finish() {
        if isTerminal, !last.isEmpty { Output.redraw("") }
        last = ""
    }

    private func describe(_ job: JobRow) -> String {
        let subject = "\(job.kind) of \(job.cache)"
        switch (job.state, job.done, job.total) {
        case ("running", let done?, let total?) where total >= done && total > 0:
            let share = Double(done) / Double(total)
            let filled = Int(share * 24)
            let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 24 - filled)
            return "\(subject) [\(bar)] \(Output.count(done)) of about \(Output.count(total))"
        case ("running", let done?, _):
            return "\(subject): \(Output.count(done))"
        case ("waiting", _, _):
            return "\(subject): waiting to try again (\(job.error ?? "no reason given"))"
        default:
            return "\(subject): \(job.state)"
        }
    }
}
