internal import CLibPQ

extension PostgresConnection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    ///
    /// Without `isolation` the server's default applies. Only what goes through the connection that `body` gets is part of
    /// the transaction. COMMIT itself is not interrupted, so that its outcome is known: an error of `isConnectionFailure`
    /// that it throws leaves open whether the server has committed.
    ///
    /// Throws what `body` throws; `CancellationError`; `activeSQLTransaction` inside another transaction;
    /// `inFailedSQLTransaction` when `body` returned although one of its statements had failed; and whatever COMMIT
    /// reports, such as `serializationFailure`.
    @discardableResult
    public nonisolated(nonsending) func transaction<Result>(
        isolation: PostgresIsolation? = nil, readOnly: Bool = false,
        _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await begin(isolation: isolation, readOnly: readOnly)
        do {
            let result = try await body(self)
            try Task.checkCancellation()
            try await commit()
            return result
        } catch {
            await rollback()
            throw error
        }
    }

    private func begin(isolation: PostgresIsolation?, readOnly: Bool) async throws {
        guard !isInTransaction else {
            throw PostgresError(.activeSQLTransaction, "a transaction is open already on this connection")
        }
        let level = isolation.map { " isolation level \($0.rawValue)" } ?? ""
        try await perform { session in
            try session.execute("begin\(level)\(readOnly ? " read only" : "")")
        }
    }

    private func commit() throws {
        let tag = try performUninterrupted { session in
            try session.execute("commit")
        }
        guard tag == "COMMIT" else {
            throw PostgresError(
                .inFailedSQLTransaction, "the transaction was rolled back because one of its statements had failed")
        }
    }

    /// Ends a transaction that may be open. A connection on which that fails is closed, so the server ends it.
    func rollback() {
        guard isInTransaction else { return }
        do {
            try performUninterrupted { session in
                try session.execute("rollback")
            }
        } catch {
            close()
        }
    }
}
