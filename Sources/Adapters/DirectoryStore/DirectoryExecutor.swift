import Dispatch
import Synchronization

/// A few threads on which a store's blocking calls run, so that they never hold up Swift's shared pool.
final class DirectoryExecutor: TaskExecutor {
    private let lanes: [DispatchQueue]
    /// Jobs given to each lane that have not ended.
    private let pending: Mutex<[Int]>

    /// An executor with `lanes` threads, at least one.
    init(lanes count: Int) {
        let count = max(1, count)
        lanes = (0..<count).map { DispatchQueue(label: "s3cache.directory.\($0)") }
        pending = Mutex(Array(repeating: 0, count: count))
    }

    /// Runs the job on the lane with the least to do.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let lane = pending.withLock { pending in
            var least = 0
            for lane in pending.indices where pending[lane] < pending[least] { least = lane }
            pending[least] += 1
            return least
        }
        lanes[lane].async {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            self.pending.withLock { $0[lane] -= 1 }
        }
    }
}
