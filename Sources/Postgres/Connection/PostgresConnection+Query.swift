extension PostgresConnection {
    /// Runs one statement and returns its rows, all of them in memory.
    ///
    /// Parameters are `$1`, `$2`, … PostgreSQL infers their types from where they stand; where it cannot, write
    /// `$1::bigint`. Statements stay prepared for the next time unless the settings say otherwise.
    ///
    /// ```swift
    /// let rows = try await connection.query("select id, name from item where size > $1", [1_000])
    /// for row in rows {
    ///     let id: Int64 = try row["id"]
    ///     let name: String? = try row["name"]
    /// }
    /// ```
    ///
    /// Throws `PostgresError`, or `CancellationError` when the task was cancelled.
    @discardableResult
    public func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> PostgresRows {
        let list = try ParameterList(parameters)
        return try await perform { session in
            PostgresRows(try session.query(sql, list))
        }
    }

    /// Runs any number of statements, separated by semicolons, in one round trip and without parameters. Rows are
    /// discarded.
    ///
    /// Outside a transaction the whole script is one: when a statement fails, none has happened. Throws the first error,
    /// or `CancellationError` when the task was cancelled.
    public func execute(_ script: String) async throws {
        try await perform { session in
            try session.execute(script)
        }
    }
}
