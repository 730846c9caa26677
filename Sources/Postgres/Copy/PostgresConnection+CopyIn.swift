extension PostgresConnection {
    /// Sends rows with a `copy … from stdin (format binary)`. Returns how many the server has taken.
    ///
    /// `rows` writes them, on the connection's thread: it may take long, but must not wait for anything else. When it
    /// throws, the COPY ends without effect and the error is thrown on.
    ///
    /// Throws `PostgresError`, or `CancellationError` when the task was cancelled; no row was copied then.
    @discardableResult
    public func copyIn(
        _ sql: String, rows: sending (inout BinaryCopyWriter) throws -> Void
    ) async throws -> Int {
        try await perform { session in
            let stream = try CopyInStream(session, sql)
            return try session.abandoningCopyOnError {
                try stream.write(rows)
                return try stream.finish()
            }
        }
    }

    /// Sends rows as they become available: `body` may wait for other things between its writes. Returns how many rows
    /// the server has taken.
    ///
    /// ```swift
    /// let count = try await connection.withCopyIn("copy item (key) from stdin (format binary)") { copy in
    ///     for try await page in pages {
    ///         try await copy.write { writer in … }
    ///     }
    /// }
    /// ```
    ///
    /// When `body` throws or its task is cancelled, the COPY ends without effect. Nothing else can run on the connection
    /// meanwhile: it throws `objectInUse`.
    @discardableResult
    public nonisolated(nonsending) func withCopyIn(
        _ sql: String, _ body: (PostgresCopyIn) async throws -> Void
    ) async throws -> Int {
        try await beginCopyIn(sql)
        do {
            try await body(PostgresCopyIn(connection: self))
            return try await finishCopyIn()
        } catch {
            await abandonCopy()
            throw error
        }
    }

    func writeCopy(_ rows: sending (inout BinaryCopyWriter) throws -> Void) async throws {
        try await perform { _ in
            guard let copyIn else { throw PostgresError.noCopy }
            try copyIn.write(rows)
        }
    }

    private func beginCopyIn(_ sql: String) async throws {
        copyIn = try await perform { session in try CopyInStream(session, sql) }
    }

    private func finishCopyIn() async throws -> Int {
        try await perform { _ in
            guard let copyIn else { throw PostgresError.noCopy }
            let rows = try copyIn.finish()
            self.copyIn = nil
            return rows
        }
    }
}

/// The sending end of a COPY, for the duration of `withCopyIn`.
public struct PostgresCopyIn: Sendable {
    let connection: PostgresConnection

    /// Writes rows, on the connection's thread, and waits while the server is slower. An error of the server shows at the
    /// end of `withCopyIn`.
    public func write(_ rows: sending (inout BinaryCopyWriter) throws -> Void) async throws {
        try await connection.writeCopy(rows)
    }
}
