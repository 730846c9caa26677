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

    /// How many have ended here so far.
    private(set) var ended = 0

    /// A job was claimed; gives how many run now.
    func add(_ job: Job) -> Int {
        jobs[job.id] = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        if job.kind.isLong { long.insert(job.id) }
        return jobs.count
    }

    /// Has an element when the job is to be stopped; for one consumer.
    func cancellation(of job: Job) -> AsyncStream<Void> { jobs[job.id]?.stream ?? AsyncStream { $0.finish() } }

    /// A job has ended here; gives how many run now.
    func remove(_ job: Job) -> Int {
        jobs.removeValue(forKey: job.id)?.continuation.finish()
        unwanted.remove(job.id)
        long.remove(job.id)
        ended &+= 1
        return jobs.count
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
