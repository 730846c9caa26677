internal import CLibPQ

/// A connection to a PostgreSQL server: an actor on a thread of its own, so that waiting for the server never holds a
/// thread of the shared pool.
///
/// A connection serves one task at a time. Calls of several tasks run one after another, but a statement that one task
/// sends while another is between two statements of its transaction becomes part of that transaction: share a
/// `PostgresPool`, not a connection.
///
/// Cancelling the task that waits for a call asks the server to end the statement (`PQcancel`); the call then throws
/// `CancellationError` and the connection stays usable. A statement that finished before it could be cancelled returns
/// its result. A server that does not react within 10 seconds counts as lost: `connectionFailure`.
public actor PostgresConnection {
    private let executor: ThreadExecutor
    private let interruption: Interruption
    private var session: Session?
    private var closingReason: PostgresError?
    var listener: NotificationListener?
    var copyIn: CopyInStream?
    var copyOut: CopyOutStream?

    /// The connection's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init() throws {
        executor = try ThreadExecutor()
        interruption = Interruption(wake: executor.wake)
    }

    isolated deinit {
        listener?.finish(nil)
        executor.stop()
    }

    /// Connects.
    ///
    /// Throws `invalidParameterValue` for a connection string that cannot be read, and `connectionNotEstablished` when no
    /// server answers or it refuses; neither error has the password in it. A cancelled task gets `CancellationError` when
    /// the attempt ends, at most the connect timeout later.
    public static func connect(_ settings: PostgresSettings) async throws -> PostgresConnection {
        try Task.checkCancellation()
        let connection = try PostgresConnection()
        try await connection.open(settings)
        return connection
    }

    private func open(_ settings: PostgresSettings) throws {
        session = try Session(settings, wake: executor.wake, interruption: interruption)
        try Task.checkCancellation()
    }

    /// Closes the connection and ends its notifications. Later calls throw `connectionDoesNotExist`. Closing twice does
    /// nothing.
    public func close() {
        drop(nil)
    }

    /// The server's process for this connection, as in `pg_stat_activity`. Throws when the connection is closed.
    public var backendPID: Int32 {
        get throws { try openSession().backendPID }
    }

    /// Whether a transaction block is open, failed or not.
    public var isInTransaction: Bool {
        guard let status = session?.transactionStatus else { return false }
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Whether the connection can still be used, as far as one can tell without asking the server.
    ///
    /// A server that has ended the connection meanwhile is noticed; a network that lost it is not (see `ping`).
    public var isAlive: Bool {
        receive()
        return session != nil
    }

    /// A cheap round trip that shows whether the server still answers.
    ///
    /// Throws `connectionFailure` when it does not within `timeout`; the connection is closed then, and its
    /// notifications end with the same error.
    public func ping(timeout: Duration = .seconds(5)) async throws {
        try await perform { session in
            try session.execute("", until: .now + timeout)
        }
    }

    /// Makes the connection as good as new for its next user: ends what the last one left open. Returns whether it can be
    /// used.
    func prepareForReuse() -> Bool {
        abandonCopy()
        rollback()
        do {
            try unlisten()
        } catch {
            close()
        }
        return isAlive
    }

    /// One statement of a pool's borrower, from the look whether the server is still there to making the connection as good
    /// as new; nil if the server had closed it before anything was sent.
    func visit(
        _ sql: String, _ parameters: [PostgresValue]
    ) async -> (result: Result<PostgresRows, any Error>, isUsable: Bool)? {
        guard isAlive else { return nil }
        do {
            let rows = try await query(sql, parameters)
            return (.success(rows), prepareForReuse())
        } catch {
            return (.failure(error), prepareForReuse())
        }
    }

    // MARK: For the extensions

    /// Runs one operation on the session. Cancelling the task makes the session send a cancel request.
    @discardableResult
    func perform<Result>(_ operation: (Session) throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        let session = try openSession()
        let number = session.beginOperation()
        return try await withTaskCancellationHandler {
            defer { settle(session) }
            do {
                return try operation(session)
            } catch let error as PostgresError where error.code == .queryCanceled && session.isInterrupted {
                throw CancellationError()
            }
        } onCancel: { [interruption] in
            interruption.cancel(number)
        }
    }

    /// Runs one operation that is not interrupted, whatever happens to the task.
    @discardableResult
    func performUninterrupted<Result>(_ operation: (Session) throws -> Result) throws -> Result {
        let session = try openSession()
        session.beginUninterrupted()
        defer { settle(session) }
        return try operation(session)
    }

    func openSession() throws -> Session {
        guard let session else {
            throw closingReason ?? PostgresError(.connectionDoesNotExist, "the connection is closed")
        }
        return session
    }

    /// From now on reads what the server sends while no operation runs.
    func watchSocket() throws {
        executor.watch(try openSession().descriptor) { [weak self] in
            self?.assumeIsolated { connection in
                connection.receive()
            }
        }
    }

    func stopWatchingSocket() {
        executor.stopWatching()
    }

    /// After each operation: hands on the notifications that came with it, and lets go of a broken session.
    private func settle(_ session: Session) {
        deliverNotifications(of: session)
        if let failure = session.failure { drop(failure) }
    }

    /// Reads what has arrived between operations: notifications, or the end of the connection.
    private func receive() {
        guard let session else { return }
        do {
            try session.receive()
        } catch {
            // The session has kept the reason, and is let go of below.
        }
        settle(session)
    }

    private func drop(_ reason: PostgresError?) {
        guard session != nil else { return }
        executor.stopWatching()
        closingReason = reason
        copyIn = nil
        copyOut = nil
        session = nil
        listener?.finish(reason)
        listener = nil
    }
}
