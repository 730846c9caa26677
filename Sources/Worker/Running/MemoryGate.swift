package import Core
internal import Synchronization

/// Lets jobs of one worker hold memory only as far as its budget goes; what does not fit waits here.
///
/// A job reserves once, before it takes anything into memory, and releases at its end whatever that is. One that waits keeps its
/// claim, and its worker's lease is kept as that of any other.
package final class MemoryGate: Sendable {
    private enum Wait {
        /// Its job has not come to wait yet.
        case pending
        case waiting(CheckedContinuation<Void, any Error>)
        /// Granted before its job came to wait.
        case granted
        /// Cancelled before its job came to wait.
        case cancelled
    }

    private struct State {
        var budget: MemoryBudget
        var waits: [Int64: Wait] = [:]
        /// Told each time that a job begins to wait.
        var listener: AsyncStream<Void>.Continuation?
    }

    private let state: Mutex<State>
    private let total: Int
    private let observe: Observe

    /// A gate of the size that the settings say. So many jobs wait at most as may run; `patiently` lets all wait.
    package init(_ settings: WorkerSettings, patiently: Bool = false, observe: @escaping Observe = { _ in }) {
        total = settings.memoryBudget
        state = Mutex(
            State(
                budget: MemoryBudget(
                    total: settings.memoryBudget, patience: settings.memoryPatience,
                    room: patiently ? .max : settings.concurrency)))
        self.observe = observe
    }

    /// How many jobs wait.
    var waitingCount: Int { state.withLock { $0.budget.waitingCount } }

    /// Has an element each time that a job has begun to wait; for one consumer, which takes the place of an earlier one.
    func shortages() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listener = continuation }
        return stream
    }

    /// Asks for bytes: whether the job has them already. Otherwise it is to `wait`; in both cases it is to `release`.
    ///
    /// Throws `JobFailure`: `memory_budget_exceeded` for more than there is, and `memory_short`, which is worth another attempt,
    /// where too many wait.
    func reserve(_ bytes: Int, for job: Job) throws -> Bool {
        let answer = state.withLock { state in
            let answer = state.budget.request(bytes, for: job.token)
            if answer == .waiting {
                state.waits[job.token] = .pending
                state.listener?.yield()
            }
            tell(state)
            return answer
        }
        switch answer {
        case .granted: return true
        case .waiting: return false
        case .full:
            throw JobFailure(
                code: "memory_short",
                message:
                    "Insufficient memory headroom: the job needs \(Self.text(bytes)) of the worker's memory, and others "
                    + "wait for some before it. It waits; a larger --memory-budget lets more run at once.",
                isRetryable: true)
        case .impossible:
            throw JobFailure(
                code: "memory_budget_exceeded",
                message: "Insufficient memory headroom: the job needs \(Self.text(bytes)) of memory, and the worker's "
                    + "--memory-budget is \(Self.text(total)). Start workers with a larger one.",
                isRetryable: false)
        }
    }

    /// Returns once the job has its bytes. Throws `CancellationError`.
    func wait(_ job: Job) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    switch state.waits[job.token] {
                    case .pending:
                        state.waits[job.token] = .waiting(continuation)
                        return nil
                    case .cancelled: return .failure(CancellationError())
                    case .granted, .waiting, nil: return .success(())
                    }
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            cancel(job)
        }
    }

    /// The job holds nothing any more, and waits for nothing.
    func release(_ job: Job) {
        let resumed = state.withLock { state in
            state.waits[job.token] = nil
            return free(job, &state)
        }
        for continuation in resumed { continuation.resume() }
    }

    private func cancel(_ job: Job) {
        let (cancelled, resumed) = state.withLock { state in
            var cancelled: CheckedContinuation<Void, any Error>?
            switch state.waits[job.token] {
            case .pending: state.waits[job.token] = .cancelled
            case .waiting(let continuation):
                state.waits[job.token] = .cancelled
                cancelled = continuation
            // It has its bytes, and notices the cancellation by itself.
            case .granted, .cancelled, nil: return (cancelled, [CheckedContinuation<Void, any Error>]())
            }
            return (cancelled, free(job, &state))
        }
        cancelled?.resume(throwing: CancellationError())
        for continuation in resumed { continuation.resume() }
    }

    /// Those who have waited for what becomes free; they are to be resumed outside of the lock.
    private func free(_ job: Job, _ state: inout State) -> [CheckedContinuation<Void, any Error>] {
        var resumed: [CheckedContinuation<Void, any Error>] = []
        for token in state.budget.release(job.token) {
            if case .waiting(let continuation) = state.waits[token] { resumed.append(continuation) }
            state.waits[token] = .granted
        }
        tell(state)
        return resumed
    }

    private func tell(_ state: State) {
        observe(.memoryReserved(bytes: state.budget.reserved, waiting: state.budget.waitingCount))
    }

    private static func text(_ bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes / (1 << 20)) MiB" : "\(bytes) bytes"
    }
}
