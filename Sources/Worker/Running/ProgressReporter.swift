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
        latest = (done, total)
        let now = ContinuousClock.now
        if let last, now - last < interval { return }
        last = now
        try await jobs.report(job, done: done, total: total)
    }

    /// Reports what was told last, so that a job that waits for others does not count as standing still.
    func reportAlive() async throws { try await report(done: latest.done, total: latest.total) }

    /// Runs what may take long in one step, and reports meanwhile, so that the job does not count as standing still. A report that
    /// does not get through ends nothing: whether the worker still has its jobs is for the heartbeat to say.
    nonisolated func reportingAlive<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask { [interval] in
                while true {
                    try await Task.sleep(for: max(interval, .milliseconds(10)))
                    do {
                        try await self.reportAlive()
                    } catch let error where !(error is ClaimLost) {
                        try Task.checkCancellation()
                    }
                }
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
    }
}
