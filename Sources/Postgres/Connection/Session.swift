internal import CLibPQ

/// The conversation with one server, step by step: send, wait, read. Everything here blocks its thread.
///
/// libpq runs in non-blocking mode and every wait is a `poll` that a cancellation ends too, so that the cancel request
/// goes out from this same thread, strictly inside the operation that it is meant for: it can never hit the next one.
///
/// Not Sendable: the connection's actor keeps it on the connection's thread.
final class Session {
    private let handle: ConnectionHandle
    private let notices: NoticeRelay
    private let wake: WakeSignal
    private let interruption: Interruption
    private var operation: UInt64 = 0
    private var operationCount: UInt64 = 0
    private var cancelling: Cancelling?
    var statements: StatementCache

    /// Why this session cannot be used any more.
    private(set) var failure: PostgresError?

    /// A cancellation under way. A request that fails, or reaches the server before the statement does, is lost; so it
    /// is repeated, less and less often, until the statement ends. A server that is silent until the deadline counts as
    /// dead.
    private struct Cancelling {
        let deadline = ContinuousClock.now + .seconds(10)
        var next = ContinuousClock.now
        var interval = Duration.milliseconds(50)
    }

    /// Connects; see `ConnectionHandle.init`.
    init(_ settings: PostgresSettings, wake: WakeSignal, interruption: Interruption) throws {
        notices = NoticeRelay(handler: settings.onNotice)
        handle = try ConnectionHandle(ConnectionParameters(settings), notices: notices)
        self.wake = wake
        self.interruption = interruption
        statements = StatementCache(limit: settings.preparedStatementLimit)
    }

    var pointer: OpaquePointer { handle.pointer }
    var descriptor: Int32 { PQsocket(pointer) }
    var transactionStatus: PGTransactionStatusType { PQtransactionStatus(pointer) }
    var backendPID: Int32 { PQbackendPID(pointer) }

    // MARK: Operations

    /// Starts an operation that can be interrupted under the returned number.
    func beginOperation() -> UInt64 {
        operationCount += 1
        operation = operationCount
        cancelling = nil
        return operation
    }

    /// Starts an operation that nothing interrupts.
    func beginUninterrupted() {
        operation = 0
        cancelling = nil
    }

    /// Whether the task behind the current operation was cancelled.
    var isInterrupted: Bool { operation != 0 && interruption.isCancelled(operation) }

    /// Asks the server to end the current statement; its result will say whether it did.
    func requestCancel() {
        var cancelling = self.cancelling ?? Cancelling()
        guard cancelling.next <= .now else { return }
        handle.requestCancel()
        cancelling.next = .now + cancelling.interval
        cancelling.interval *= 2
        self.cancelling = cancelling
    }

    /// Marks the session as unusable. Returns the error to throw; the first reason stays.
    func fail(_ error: PostgresError) -> PostgresError {
        let reason = failure ?? notices.lastFatal ?? error
        failure = reason
        return reason
    }

    // MARK: Waiting

    /// Sleeps until the server has sent something (or, with `flushing`, until it takes more), and reads it.
    ///
    /// Sends cancel requests when the operation's task is cancelled meanwhile. Throws when the connection is lost,
    /// when `deadline` has passed, or when a cancelled server stays silent.
    func wait(flushing: Bool = false, until deadline: ContinuousClock.Instant? = nil) throws {
        while true {
            guard descriptor >= 0 else { throw lost() }
            if isInterrupted || cancelling != nil { requestCancel() }
            let limit = [deadline, cancelling?.deadline].compactMap(\.self).min()
            if let limit, limit <= .now {
                throw fail(PostgresError(.connectionFailure, "the server did not answer in time"))
            }
            let wakeUp = [limit, cancelling?.next].compactMap(\.self).min()
            let remaining = wakeUp.map { ContinuousClock.now.duration(to: $0) }
            let events = wake.wait(
                with: descriptor, for: flushing ? PollEvents.readWrite : PollEvents.read,
                milliseconds: remaining?.pollMilliseconds ?? -1)
            guard events != 0 else { continue }
            return try consumeInput()
        }
    }

    /// Reads what has arrived, without waiting.
    func consumeInput() throws {
        guard PQconsumeInput(pointer) == 1 else { throw lost() }
        // One read may leave a part of a record in the TLS library, where poll does not see it. That this second read
        // finds the end of the connection is not said here, so that what came before it is looked at first.
        if PQsslInUse(pointer) == 1 { _ = PQconsumeInput(pointer) }
    }

    /// Reads what has arrived while no command runs. Throws when the server has ended the connection, with its reason.
    func receive() throws {
        try consumeInput()
        // libpq looks at what it has read only now; a parting message then reaches the relay as a notice.
        _ = PQisBusy(pointer)
        if let farewell = notices.lastFatal { throw fail(farewell) }
        guard PQstatus(pointer) == CONNECTION_OK else { throw lost() }
    }

    /// Sends everything that libpq has buffered.
    func flush(until deadline: ContinuousClock.Instant? = nil) throws {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1: try wait(flushing: true, until: deadline)
            default: throw lost()
            }
        }
    }

    /// The next result of the current command; nil when the command is over.
    func nextResult(until deadline: ContinuousClock.Instant? = nil) throws -> ResultHandle? {
        while PQisBusy(pointer) == 1 { try wait(until: deadline) }
        return PQgetResult(pointer).map(ResultHandle.init)
    }

    // MARK: Errors

    /// Checks the return value of one of libpq's send functions.
    func expectSent(_ status: Int32) throws {
        guard status != 1 else { return }
        guard transactionStatus != PQTRANS_ACTIVE else {
            throw PostgresError(.objectInUse, "another command is in progress on this connection")
        }
        throw lost()
    }

    /// The error of a failed result. When the connection broke over it, the session is marked so.
    func error(of result: ResultHandle) -> PostgresError {
        var error = PostgresError(result: result.pointer)
        guard PQstatus(pointer) == CONNECTION_BAD || error.severity == "FATAL" || error.severity == "PANIC" else {
            return error
        }
        if error.code == .internalError { error.code = .connectionFailure }
        return fail(error)
    }

    /// The error for a call that failed without a result.
    func lost() -> PostgresError {
        let reason = String(cString: PQerrorMessage(pointer)).trimmingTrailingNewlines
        return fail(PostgresError(.connectionFailure, reason.isEmpty ? "the connection is lost" : reason))
    }
}

extension Duration {
    /// For `poll`: rounded up, so that a deadline has passed when poll returns, and never negative.
    fileprivate var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: max(0, seconds) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
