/// What went wrong, as the server (or, for a lost connection or an unfit value, the client) says it.
///
/// `description` is safe to log: severity, code and primary message. DETAIL, which shows row data ("Key (email)=(…)
/// already exists"), and CONTEXT, which shows statements, are only in `debugDescription`.
public struct PostgresError: Error, Sendable {
    /// The condition.
    public var code: SQLState
    /// `ERROR`, `FATAL` or `PANIC`, never localised.
    public var severity: String
    /// The primary message: one line, as a rule.
    public var message: String
    /// The name of the violated constraint, where there is one.
    public var constraint: String?
    /// The table that the error is about, as `schema.table`, where there is one.
    public var table: String?
    /// What the server suggests.
    public var hint: String?
    /// Row data and other particulars. Never log this.
    public var detail: String?
    /// The call stack inside the server, with statements. Never log this.
    public var context: String?

    /// Creates an error of the client's side.
    public init(_ code: SQLState, _ message: String, severity: String = "ERROR") {
        self.code = code
        self.severity = severity
        self.message = message
    }

    /// Whether the connection is lost, or was never there.
    public var isConnectionFailure: Bool {
        switch code {
        case .connectionNotEstablished, .connectionDoesNotExist, .connectionFailure, .adminShutdown, .crashShutdown,
            .cannotConnectNow:
            true
        default:
            false
        }
    }

    /// Whether the same work may succeed when it is tried again from its beginning (the whole transaction, on a new
    /// connection where that is what broke).
    ///
    /// A connection that breaks during COMMIT leaves the outcome unknown: only work that can be repeated safely should
    /// be retried then. libpq 15 gives no code for a refused connection, so a wrong password counts as retryable too.
    public var isRetryable: Bool {
        switch code {
        case .serializationFailure, .deadlockDetected, .lockNotAvailable: true
        default: isConnectionFailure || code.category == "53"
        }
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Severity, code and primary message: `ERROR 23505: duplicate key value violates unique constraint "t_pkey"`.
    public var description: String {
        "\(severity) \(code): \(message)"
    }

    /// Everything that is known, row data included. Not for logs.
    public var debugDescription: String {
        let particulars = [
            ("detail", detail), ("hint", hint), ("constraint", constraint), ("table", table), ("context", context),
        ]
        return particulars.reduce(into: description) { text, particular in
            if let value = particular.1 { text += "\n\(particular.0): \(value)" }
        }
    }
}
