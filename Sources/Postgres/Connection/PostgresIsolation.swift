/// How much of other transactions a transaction sees.
public enum PostgresIsolation: String, Sendable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "read committed"
    /// All statements see what was committed before the first one began.
    case repeatableRead = "repeatable read"
    /// As if transactions ran one after another; some fail with `serializationFailure` and must be repeated.
    case serializable
}
