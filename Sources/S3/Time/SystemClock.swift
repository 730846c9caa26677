#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// This system's clock.
public struct SystemClock: S3Clock {
    private static let start = ContinuousClock.now

    /// The clock.
    public init() {}

    /// Seconds since 1970-01-01T00:00:00Z.
    public var now: Int64 { Int64(time(nil)) }

    /// The time since the process first asked.
    public var uptime: Duration { ContinuousClock.now - Self.start }

    /// Returns after so long. Throws `CancellationError` when the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration)
    }
}
