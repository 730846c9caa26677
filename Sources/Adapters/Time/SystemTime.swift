internal import Core
import Glibc

/// The clock that file times are taken from.
///
/// Not an argument of the store: what it gives is compared with times that the kernel itself sets.
enum SystemTime {
    /// The same in microseconds.
    static let timestamp: @Sendable () -> Timestamp = { Timestamp(seconds: 0, nanoseconds: nanoseconds()) }

    /// Nanoseconds since the epoch.
    static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
