/// Tells the time and waits.
public protocol S3Clock: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    var now: Int64 { get }

    /// The time since some moment that stays the same; it never goes back.
    var uptime: Duration { get }

    /// Returns after so long. Throws `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}
