/// What the server says beside results: `RAISE NOTICE`, "table does not exist, skipping", and the like.
public struct PostgresNotice: Sendable, Hashable {
    /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`, never localised.
    public let severity: String
    /// The condition: `00000` for most notices.
    public let code: SQLState
    /// The primary message.
    public let message: String
    /// What the server suggests.
    public let hint: String?
}
