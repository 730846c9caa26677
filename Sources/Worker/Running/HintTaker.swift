internal import Core

/// Hands hints on to the store, a second's worth at a time, and says once a minute how many were none.
struct HintTaker: Sendable {
    private let jobs: any JobStore
    private let inbox = HintInbox()
    private let bell = Doorbell()
    private let settings: WorkerSettings
    private let observe: Observe

    init(jobs: any JobStore, settings: WorkerSettings, observe: @escaping Observe) {
        self.jobs = jobs
        self.settings = settings
        self.observe = observe
    }

    /// Takes a hint that was heard.
    func hear(_ hint: String) async {
        if inbox.put(hint) { await bell.ring() }
    }

    /// Hands on until the task is cancelled. What the store does not take is lost: hints may be.
    func run(as worker: WorkerID) async {
        var ignored = 0
        var lastReport: ContinuousClock.Instant?
        while !Task.isCancelled {
            let (hints, dropped) = inbox.empty()
            if hints.isEmpty, dropped == 0 {
                let untilReport = lastReport.map { $0 + settings.hintReportInterval - .now } ?? .zero
                await bell.wait(atMost: ignored > 0 ? max(untilReport, .milliseconds(10)) : .seconds(3_600))
            } else {
                do {
                    ignored += try await jobs.take(hints, dropped: dropped, by: worker)
                } catch {
                    if Task.isCancelled { return }
                    observe(.databaseUnavailable("\(error)"))
                }
                // The first of a flood goes at once, the others together.
                try? await Task.sleep(for: settings.hintPause)
            }
            if ignored > 0, lastReport.map({ .now - $0 >= settings.hintReportInterval }) ?? true {
                observe(.hintsIgnored(ignored))
                ignored = 0
                lastReport = .now
            }
        }
    }
}
