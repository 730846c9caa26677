import Core

/// Reports a job's progress at most once per interval.
actor ProgressReporter {
    private let jobs: any JobStore
    private let job: Job
    private let interval: Duration
    private var last: ContinuousClock.Instant?
    private var latest: (done: Int, total: Int?) = (0, nil)

    init(jobs: any JobStore, job: Job, interval: Duration) {
        self.jobs = jobs
        self.job = job
        self.interval = interval
    }

    /// Reports, unless the last report is younger than the interval. Throws `ClaimLost`.
    func report(done: Int, total: Int?) async throws {
        let now = ContinuousClock.now
        if let last, now - last < interval { return }
        last = now
        latest = (done, total)
        try await jobs.report(job, done: done, total: total)
    }

    /// Reports what was reported last, so that a job that waits for others does not count as standing still.
    func reportAlive() async throws { try await report(done: latest.done, total: latest.total) }
}
