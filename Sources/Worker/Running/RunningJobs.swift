import Core

/// The attempts at jobs that this process runs now: as many as its concurrency, and at most as many again that wait for memory or for
/// their end to be written.
///
/// Told apart by their tokens: a job that was taken away and claimed again may be here twice, for as long as the first
/// attempt takes to stop.
actor RunningJobs {
    private struct Attempt {
        let job: Job
        let stream: AsyncStream<Void>
        let continuation: AsyncStream<Void>.Continuation
        var isUnwanted = false
    }

    private var attempts: [Int64: Attempt] = [:]
    private let tell: @Sendable (_ count: Int) -> Void

    /// None yet. `tell` takes how many run, each time that this changes and in that order.
    init(tell: @escaping @Sendable (_ count: Int) -> Void = { _ in }) { self.tell = tell }

    /// How many run.
    var count: Int { attempts.count }

    /// How many of them are long ones.
    var longCount: Int { attempts.values.count { $0.job.kind.isLong } }

    /// Which jobs run.
    var ids: [Int64] { Array(Set(attempts.values.map(\.job.id))) }

    /// How many have ended here so far.
    private(set) var ended = 0

    /// A job was claimed. An earlier attempt at it that still runs has lost its claim, and is stopped.
    func add(_ job: Job) {
        cancel([job.id])
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        attempts[job.token] = Attempt(job: job, stream: stream, continuation: continuation)
        tell(attempts.count)
    }

    /// Has an element when the attempt is to be stopped; for one consumer.
    func cancellation(of job: Job) -> AsyncStream<Void> { attempts[job.token]?.stream ?? AsyncStream { $0.finish() } }

    /// An attempt has ended here.
    func remove(_ job: Job) {
        attempts.removeValue(forKey: job.token)?.continuation.finish()
        ended &+= 1
        tell(attempts.count)
    }

    /// Stops all attempts at the given jobs that run here.
    func cancel(_ ids: [Int64]) {
        for (token, attempt) in attempts where ids.contains(attempt.job.id) {
            attempts[token]?.isUnwanted = true
            attempt.continuation.yield()
        }
    }

    /// Whether an attempt was stopped because it is to be cancelled.
    func isUnwanted(_ job: Job) -> Bool { attempts[job.token]?.isUnwanted ?? false }
}
