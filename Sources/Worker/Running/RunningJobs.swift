import Core

/// The jobs that this process runs now; never more than its concurrency.
actor RunningJobs {
    private var jobs: [Int64: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)] = [:]
    private var unwanted: Set<Int64> = []
    private var long: Set<Int64> = []

    /// How many run.
    var count: Int { jobs.count }

    /// How many of them are long ones.
    var longCount: Int { long.count }

    /// Which run.
    var ids: [Int64] { Array(jobs.keys) }

    /// A job was claimed.
    func add(_ job: Job) {
        jobs[job.id] = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        if job.kind.isLong { long.insert(job.id) }
    }

    /// Has an element when the job is to be stopped; for one consumer.
    func cancellation(of job: Job) -> AsyncStream<Void> { jobs[job.id]?.stream ?? AsyncStream { $0.finish() } }

    /// A job has ended here.
    func remove(_ job: Job) {
        jobs.removeValue(forKey: job.id)?.continuation.finish()
        unwanted.remove(job.id)
        long.remove(job.id)
    }

    /// Stops those of the given jobs that run here.
    func cancel(_ ids: [Int64]) {
        for id in ids {
            guard let job = jobs[id] else { continue }
            unwanted.insert(id)
            job.continuation.yield()
        }
    }

    /// Whether a job was stopped because it is to be cancelled.
    func isUnwanted(_ job: Job) -> Bool { unwanted.contains(job.id) }
}
