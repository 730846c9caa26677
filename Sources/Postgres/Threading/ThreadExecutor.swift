internal import Synchronization

/// A serial executor with one thread of its own, which may therefore block.
///
/// Between jobs the thread sleeps in `poll`, so it can watch one descriptor for its actor at no cost: the actor is
/// called when there is something to read. The thread keeps the executor alive until `stop()`.
final class ThreadExecutor: SerialExecutor {
    /// Wakes the thread; the actor's own waits include it too.
    let wake: WakeSignal
    private let state = Mutex(State())

    private struct State {
        var thread: UInt?
        var jobs: [UnownedJob] = []
        var isAsleep = false
        var isStopped = false
        var watched: Watch?
    }

    private struct Watch {
        let descriptor: Int32
        let whenReadable: @Sendable () -> Void
    }

    private enum Step {
        case run([UnownedJob])
        case sleep(Watch?)
        case stop
    }

    /// Starts the thread. Throws `insufficientResources` when the system has none left.
    init() throws {
        wake = try WakeSignal()
        try DetachedThread.start { [self] in run() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = state.withLock { state in
            state.jobs.append(job)
            return state.isAsleep
        }
        if mustWake { wake.raise() }
    }

    /// Calls `whenReadable` on the thread, between jobs, each time `descriptor` has something to read. Replaces what was
    /// watched before. To be called on the thread.
    func watch(_ descriptor: Int32, whenReadable: @escaping @Sendable () -> Void) {
        state.withLock { $0.watched = Watch(descriptor: descriptor, whenReadable: whenReadable) }
    }

    /// Ends `watch`. To be called on the thread, before the descriptor is closed.
    func stopWatching() {
        // The closure is let go outside the lock: it may own what leads back here.
        let watch = state.withLock { $0.watched.take() }
        _ = watch
    }

    /// Ends the thread once its queue is empty. To be called by the last user, from its `deinit`.
    func stop() {
        stopWatching()
        state.withLock { $0.isStopped = true }
        wake.raise()
    }

    func isIsolatingCurrentContext() -> Bool? {
        state.withLock { $0.thread == DetachedThread.currentIdentity }
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on this connection's thread")
    }

    private func run() {
        state.withLock { $0.thread = DetachedThread.currentIdentity }
        while true {
            switch nextStep() {
            case .run(let jobs):
                for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            case .sleep(let watch):
                let events = wake.wait(with: watch?.descriptor ?? -1, for: PollEvents.read, milliseconds: -1)
                if events != 0 { watch?.whenReadable() }
            case .stop:
                return
            }
        }
    }

    private func nextStep() -> Step {
        state.withLock { state in
            state.isAsleep = false
            if !state.jobs.isEmpty {
                return .run(exchange(&state.jobs, with: []))
            }
            if state.isStopped { return .stop }
            state.isAsleep = true
            return .sleep(state.watched)
        }
    }
}
