internal import Synchronization

/// A bounded set of connections that tasks borrow, first come, first served.
///
/// Connections are opened when they are needed. One that the server has closed is replaced when it is borrowed next; one
/// that breaks while it is borrowed is dropped.
public final class PostgresPool: Sendable {
    private let settings: PostgresSettings
    private let maximum: Int
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        /// Connections that are idle, borrowed or being opened.
        var total = 0
        var waiters: [Waiter] = []
        var lastTicket: UInt64 = 0
        var isClosed = false
    }

    private struct Waiter {
        let ticket: UInt64
        let continuation: CheckedContinuation<Grant, any Error>
    }

    /// What a borrower gets: a connection, or the right to open one.
    private enum Grant: Sendable {
        case connection(PostgresConnection)
        case slot
    }

    /// A pool that opens at most `maximum` connections (at least one). Nothing is opened yet.
    public init(_ settings: PostgresSettings, maximum: Int) {
        self.settings = settings
        self.maximum = max(1, maximum)
    }

    /// How many connections are open, or being opened.
    public var connectionCount: Int { state.withLock(\.total) }

    /// How many tasks wait for a connection.
    public var waiterCount: Int { state.withLock(\.waiters.count) }

    /// Lends a connection to `body`, which must not keep it.
    ///
    /// Waits while all are borrowed. What `body` leaves open (a transaction, a COPY, a LISTEN) is ended afterwards; other
    /// state of the session, such as what SET did, is not.
    ///
    /// Throws what `body` throws, what connecting throws, `CancellationError` when the task is cancelled while it waits,
    /// and `connectionDoesNotExist` once the pool is closed. A task that borrows a second connection while it has one can
    /// wait for ever.
    @discardableResult
    public nonisolated(nonsending) func withConnection<Result>(
        _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await acquire()
        do {
            let result = try await body(connection)
            await release(connection)
            return result
        } catch {
            await release(connection)
            throw error
        }
    }

    /// Runs one statement on a borrowed connection and returns its rows, all of them in memory: what `withConnection` and
    /// `PostgresConnection.query` do, with fewer changes of thread.
    ///
    /// Throws what they throw.
    @discardableResult
    public nonisolated(nonsending) func query(
        _ sql: String, _ parameters: [PostgresValue] = []
    ) async throws -> PostgresRows {
        try Task.checkCancellation()
        let connection: PostgresConnection
        switch try await grant() {
        case .connection(let idle): connection = idle
        case .slot: connection = try await open()
        }
        if let visit = await connection.visit(sql, parameters) {
            await take(back: connection, isUsable: visit.isUsable)
            return try visit.result.get()
        }
        // The server has closed it: nothing was sent.
        await connection.close()
        let fresh = try await open()
        let visit = await fresh.visit(sql, parameters)
        await take(back: fresh, isUsable: visit?.isUsable ?? false)
        guard let visit else { throw PostgresError(.connectionFailure, "the server closed the connection at once") }
        return try visit.result.get()
    }

    /// Closes idle connections until so many are left, those that were used last. A connection keeps room for the largest of what it has
    /// carried.
    public func closeIdle(keeping count: Int) async {
        let surplus = state.withLock { state in
            let surplus = Array(state.idle.dropLast(max(0, count)))
            state.idle.removeFirst(surplus.count)
            state.total -= surplus.count
            return surplus
        }
        for connection in surplus { await connection.close() }
    }

    /// Closes the pool: idle connections now, borrowed ones when they come back. Tasks that wait get
    /// `connectionDoesNotExist`.
    public func close() async {
        let (idle, waiters) = state.withLock { state in
            state.isClosed = true
            state.total -= state.idle.count
            return (exchange(&state.idle, with: []), exchange(&state.waiters, with: []))
        }
        for waiter in waiters { waiter.continuation.resume(throwing: Self.closed) }
        for connection in idle { await connection.close() }
    }

    // MARK: Borrowing

    private func acquire() async throws -> PostgresConnection {
        try Task.checkCancellation()
        if case .connection(let connection) = try await grant() {
            if await connection.isAlive { return connection }
            await connection.close()
        }
        return try await open()
    }

    /// Opens a connection for whoever has the right to; gives that right on if it fails.
    private func open() async throws -> PostgresConnection {
        do {
            return try await PostgresConnection.connect(settings)
        } catch {
            passOn(.slot)
            throw error
        }
    }

    private func release(_ connection: PostgresConnection) async {
        await take(back: connection, isUsable: await connection.prepareForReuse())
    }

    private func take(back connection: PostgresConnection, isUsable: Bool) async {
        if !isUsable { await connection.close() }
        if let surplus = passOn(isUsable ? .connection(connection) : .slot) { await surplus.close() }
    }

    private func grant() async throws -> Grant {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(Waiter(ticket: ticket, continuation: continuation))
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// Gives the waiter what is free, or puts it in the queue. Those who wait already come first.
    private func enqueue(_ waiter: Waiter) {
        let outcome: Result<Grant, any Error>? = state.withLock { state in
            if state.isClosed { return .failure(Self.closed) }
            // Checked under the lock: a cancellation that comes later finds the waiter in the queue.
            if Task.isCancelled { return .failure(CancellationError()) }
            // Something is free only when nobody waits.
            if let connection = state.idle.popLast() { return .success(.connection(connection)) }
            if state.total < maximum {
                state.total += 1
                return .success(.slot)
            }
            state.waiters.append(waiter)
            return nil
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
    }

    private func cancel(_ ticket: UInt64) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// Gives what became free to the first waiter, or keeps it. Returns a connection that nobody wants: the pool is closed.
    @discardableResult
    private func passOn(_ grant: Grant) -> PostgresConnection? {
        let (waiter, surplus): (Waiter?, PostgresConnection?) = state.withLock { state in
            guard state.waiters.isEmpty else { return (state.waiters.removeFirst(), nil) }
            switch grant {
            case .connection(let connection) where !state.isClosed:
                state.idle.append(connection)
                return (nil, nil)
            case .connection(let connection):
                state.total -= 1
                return (nil, connection)
            case .slot:
                state.total -= 1
                return (nil, nil)
            }
        }
        waiter?.continuation.resume(returning: grant)
        return surplus
    }

    private static var closed: PostgresError {
        PostgresError(.connectionDoesNotExist, "the connection pool is closed")
    }
}
