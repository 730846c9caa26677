/// From when on something in the database is worth a warning.
package struct HealthLimits: Sendable {
    /// A transaction that is open for so long.
    package var openTransaction: Duration = .seconds(3_600)
    /// So many transactions whose dead rows replication keeps.
    package var heldTransactions: Int64 = 500_000
    /// A job that has been due for so long, while a worker runs.
    package var queuedJob: Duration = .seconds(300)
    /// A worker that has not listened for so long since its start.
    package var deafWorker: Duration = .seconds(60)
    /// So many dead rows in one table, where they are more than twice the live ones.
    package var deadRows: Int64 = 20_000
    /// So much of the room for notifications in use, of 1.
    package var notificationRoom = 0.1

    /// The limits as they are documented.
    package init() {}
}
