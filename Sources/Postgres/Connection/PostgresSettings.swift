#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where and how to connect.
public struct PostgresSettings: Sendable {
    /// A libpq connection string or URL. What it leaves out comes from libpq's own sources: the `PG*` variables, the
    /// password file, the service file, the defaults.
    public var connectionString: String
    /// Shown in `pg_stat_activity`, unless the connection string or `PGAPPNAME` names another.
    public var applicationName: String
    /// Session parameters to set at the start, such as `["statement_timeout": "5s"]`. A connection pooler may refuse
    /// them.
    public var sessionParameters: [String: String] = [:]
    /// For each host and address that is tried; whole seconds, at least 2. Ignored where the connection string or
    /// `PGCONNECT_TIMEOUT` has one.
    public var connectTimeout: Duration = .seconds(10)
    /// Seconds of silence before TCP asks whether the peer is still there. Ignored where the connection string says so.
    public var keepaliveIdle: Duration = .seconds(15)
    /// Between such questions; three without an answer end the connection.
    public var keepaliveInterval: Duration = .seconds(5)
    /// How long sent data may stay unacknowledged before the connection counts as dead.
    public var tcpUserTimeout: Duration = .seconds(30)
    /// How many statements a connection keeps prepared; the least recently used one makes room. 0 prepares none, as a
    /// connection pooler in transaction mode needs it.
    public var preparedStatementLimit = 64
    /// Called on the connection's thread for each notice. It must return soon, and cannot use the connection.
    public var onNotice: (@Sendable (PostgresNotice) -> Void)?

    /// Settings for a connection string or URL; an empty one leaves everything to libpq's own sources.
    public init(_ connectionString: String = "", applicationName: String = "swift") {
        self.connectionString = connectionString
        self.applicationName = applicationName
    }

    /// Settings from `DATABASE_URL` or, where that is not set or empty, from libpq's `PG*` variables.
    public static func environment(applicationName: String = "swift") -> PostgresSettings {
        let url = getenv("DATABASE_URL").map { String(cString: $0) } ?? ""
        return PostgresSettings(url, applicationName: applicationName)
    }
}

extension PostgresSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Host, port, user and database where they are given; never the password or any other field.
    public var description: String {
        let shown = ["host", "hostaddr", "port", "user", "dbname", "service"]
        guard let explicit = try? ConnectionParameters.parse(connectionString) else {
            return "postgresql (unreadable connection string)"
        }
        let fields = shown.compactMap { key in explicit[key].map { "\(key)=\($0)" } }
        return (["postgresql"] + fields).joined(separator: " ")
    }

    /// The same as `description`: the connection string may hold a password.
    public var debugDescription: String { description }

    /// No children: `dump` must not show the password either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
