internal import Synchronization

/// What tasks ask of the client's thread.
final class TransferInbox: Sendable {
    /// One thing to do.
    enum Command: Sendable {
        case start(Exchange)
        /// Ends an exchange, wherever it is.
        case abort(UInt64)
        /// The reader of a paused body wants more.
        case resumeDownload(UInt64)
        /// The source of a paused body has more.
        case resumeUpload(UInt64)
        /// Takes no more, ends when all is done, and then resumes whoever waits for that.
        case close(CheckedContinuation<Void, Never>?)
        /// Ends everything.
        case abortAll
    }

    private let multi: MultiHandle
    private let state = Mutex(State())

    private struct State {
        var commands: [Command] = []
        var load = HTTPClientLoad()
        var isSealed = false
    }

    init(_ multi: MultiHandle) {
        self.multi = multi
    }

    /// What the client is doing, as its thread last said.
    var load: HTTPClientLoad { state.withLock(\.load) }

    /// Adds a command and wakes the thread. False, and nothing is done, once the thread has ended.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isSealed else { return false }
            state.commands.append(command)
            // Whoever found it empty has woken the thread, which has not come to look yet. Under the lock, because the
            // handle is freed once the inbox is sealed.
            if state.commands.count == 1 { multi.wakeUp() }
            return true
        }
    }

    /// Takes all commands. For the thread.
    func take() -> [Command] {
        state.withLock { state in exchange(&state.commands, with: []) }
    }

    /// Leaves word of what the thread is doing. For the thread.
    func report(_ load: HTTPClientLoad) {
        state.withLock { state in state.load = load }
    }

    /// Refuses commands from now on. Returns those that have come since. For the thread, at its end.
    func seal() -> [Command] {
        state.withLock { state in
            state.isSealed = true
            state.load = HTTPClientLoad(connectionsOpened: state.load.connectionsOpened, isClosing: true)
            return exchange(&state.commands, with: [])
        }
    }
}
