internal import CLibPQ

extension Session {
    /// Runs one statement, prepared where the cache is on, and returns its result.
    func query(_ sql: String, _ parameters: ParameterList) throws -> ResultHandle {
        try refuseNUL(in: sql)
        guard statements.isEnabled else {
            return try run { parameters.sendQuery(sql, on: pointer) }
        }
        let wasIdle = transactionStatus == PQTRANS_IDLE
        let wasCached = statements.name(of: sql)
        do {
            let name = try wasCached ?? prepare(sql)
            return try run { parameters.sendPrepared(name, on: pointer) }
        } catch let error as PostgresError where wasCached != nil && error.invalidatesStatement {
            // A changed table, or DISCARD ALL. Nothing was executed, so outside a transaction it can simply run again.
            try forget(sql, mustDeallocate: error.code != .invalidSQLStatementName && wasIdle)
            guard wasIdle else { throw error }
            let name = try prepare(sql)
            return try run { parameters.sendPrepared(name, on: pointer) }
        }
    }

    /// Runs any number of statements as one simple query. Their rows are discarded; the last command's tag is returned.
    @discardableResult
    func execute(_ script: String, until deadline: ContinuousClock.Instant? = nil) throws -> String {
        try refuseNUL(in: script)
        return try run(until: deadline) { PQsendQuery(pointer, script) }.commandTag
    }

    /// Sends a command, reads all of its results and returns the last. Throws the first error, once everything is read.
    func run(until deadline: ContinuousClock.Instant? = nil, _ send: () -> Int32) throws -> ResultHandle {
        // Between the steps of one operation: what the task does not want any more is not sent.
        guard !isInterrupted else { throw CancellationError() }
        try expectSent(send())
        try flush(until: deadline)
        var last: ResultHandle?
        var firstError: PostgresError?
        while let result = try nextResult(until: deadline) {
            switch result.status {
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
                firstError = firstError ?? error(of: result)
            case PGRES_COPY_IN, PGRES_COPY_BOTH:
                firstError = firstError ?? .copyOutsideCopyCall
                try expectSent(PQputCopyEnd(pointer, "not expected here"))
                try flush(until: deadline)
            case PGRES_COPY_OUT:
                firstError = firstError ?? .copyOutsideCopyCall
                requestCancel()
                while try nextCopyData(until: deadline, { _ in }) {}
            default:
                last = result
            }
        }
        if let firstError { throw firstError }
        guard let last else { throw PostgresError(.protocolViolation, "the server sent no result") }
        return last
    }

    /// A NUL would end the text early, and something else would run.
    func refuseNUL(in sql: String) throws {
        guard !sql.utf8.contains(0) else {
            throw PostgresError(.characterNotInRepertoire, "the SQL text contains a NUL")
        }
    }

    private func prepare(_ sql: String) throws -> String {
        let name = statements.freshName()
        _ = try run { PQsendPrepare(pointer, name, sql, 0, nil) }
        if let evicted = statements.insert(name, for: sql) {
            _ = try run { PQsendQuery(pointer, "deallocate \(evicted)") }
        }
        return name
    }

    private func forget(_ sql: String, mustDeallocate: Bool) throws {
        if let name = statements.remove(sql), mustDeallocate {
            _ = try run { PQsendQuery(pointer, "deallocate \(name)") }
        }
    }
}

extension PostgresError {
    fileprivate static var copyOutsideCopyCall: PostgresError {
        PostgresError(.featureNotSupported, "COPY from or to the client needs copyIn or copyOut")
    }

    /// Whether a prepared statement is of no use any more: it is gone, or its result would have other columns
    /// (PostgreSQL's plancache.c says 0A000, "cached plan must not change result type").
    fileprivate var invalidatesStatement: Bool {
        code == .invalidSQLStatementName
            || code == .featureNotSupported && message == "cached plan must not change result type"
    }
}
