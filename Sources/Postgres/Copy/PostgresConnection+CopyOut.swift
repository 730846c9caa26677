extension PostgresConnection {
    /// Reads the rows of a `copy … to stdout (format binary)` one by one, in place, on the connection's thread.
    ///
    /// COPY takes no parameters: put constants in with `PostgresLiteral`. `row` adds to `result`, which is returned at the
    /// end; memory is bounded by one row beside it. When `row` throws, the COPY is cancelled and the error is thrown on.
    ///
    /// ```swift
    /// let total = try await connection.copyOut("copy (select size from item) to stdout (format binary)", into: Int64(0)) {
    ///     total, row in total += try row.int8(0)
    /// }
    /// ```
    ///
    /// Throws `PostgresError` (`badCopyFileFormat` for malformed or truncated data), or `CancellationError` when the task
    /// was cancelled.
    public func copyOut<Result: Sendable>(
        _ sql: String, into initial: Result,
        row: sending (inout Result, borrowing BinaryCopyRow) throws -> Void
    ) async throws -> Result {
        try await perform { session in
            let stream = try CopyOutStream(session, sql)
            return try session.abandoningCopyOnError {
                var result = initial
                while try stream.next({ try row(&result, $0) }) {}
                return result
            }
        }
    }

    /// Reads the rows of a `copy … to stdout (format binary)` one by one, for a `row` that keeps nothing. Otherwise as
    /// `copyOut(_:into:row:)`.
    public func copyOut(_ sql: String, row: sending (borrowing BinaryCopyRow) throws -> Void) async throws {
        try await perform { session in
            let stream = try CopyOutStream(session, sql)
            try session.abandoningCopyOnError {
                while try stream.next(row) {}
            }
        }
    }

    /// Reads the rows of a `copy … to stdout (format binary)` in batches, at the pace of `body`: the server waits while
    /// `body` does other things.
    ///
    /// `decode` makes an element of each row, on the connection's thread. When `body` leaves before the end, or throws, or
    /// its task is cancelled, the COPY is cancelled. Nothing else can run on the connection meanwhile: it throws
    /// `objectInUse`.
    public nonisolated(nonsending) func withCopyOut<Element: Sendable, Result>(
        _ sql: String, batchSize: Int = 1000,
        decode: @escaping @Sendable (borrowing BinaryCopyRow) throws -> Element,
        _ body: (PostgresCopyOut<Element>) async throws -> Result
    ) async throws -> Result {
        try await beginCopyOut(sql)
        do {
            let batches = PostgresCopyOut(connection: self, batchSize: max(1, batchSize), decode: decode)
            let result = try await body(batches)
            await abandonCopy()
            return result
        } catch {
            await abandonCopy()
            throw error
        }
    }

    func nextCopyBatch<Element: Sendable>(
        _ size: Int, _ decode: @Sendable (borrowing BinaryCopyRow) throws -> Element
    ) async throws -> [Element]? {
        try await perform { _ in
            guard let copyOut else { throw PostgresError.noCopy }
            var batch: [Element] = []
            batch.reserveCapacity(size)
            while batch.count < size, try copyOut.next({ batch.append(try decode($0)) }) {}
            return batch.isEmpty ? nil : batch
        }
    }

    /// Ends a COPY that `withCopyIn` or `withCopyOut` has left open. A connection on which that fails is closed.
    func abandonCopy() {
        defer {
            copyIn = nil
            copyOut = nil
        }
        guard copyIn != nil || copyOut?.isAtEnd == false else { return }
        do {
            try performUninterrupted { session in try session.abandonCopy() }
        } catch {
            close()
        }
    }

    private func beginCopyOut(_ sql: String) async throws {
        copyOut = try await perform { session in try CopyOutStream(session, sql) }
    }
}

/// The rows of a COPY, decoded, in batches; for the duration of `withCopyOut`, and for one iteration.
public struct PostgresCopyOut<Element: Sendable>: AsyncSequence, Sendable {
    let connection: PostgresConnection
    let batchSize: Int
    let decode: @Sendable (borrowing BinaryCopyRow) throws -> Element

    /// Fetches a batch at a time.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let source: PostgresCopyOut

        /// The next batch, of at least one row; nil at the end. Throws as `copyOut` does.
        public mutating func next() async throws -> [Element]? {
            try await source.connection.nextCopyBatch(source.batchSize, source.decode)
        }
    }

    /// Continues where the COPY stands.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: self)
    }
}
