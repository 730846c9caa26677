import Foundation

/// Dates as servers write them.
enum TestDate {
    /// So many seconds from now, as in a `Date` header (RFC 9110, 5.6.7).
    static func http(after seconds: TimeInterval) -> String {
        text("EEE, dd MMM yyyy HH:mm:ss 'GMT'", after: seconds)
    }

    /// So many seconds from now, as in an `x-amz-date` header.
    static func amazon(after seconds: TimeInterval) -> String { text("yyyyMMdd'T'HHmmss'Z'", after: seconds) }

    private static func text(_ format: String, after seconds: TimeInterval) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = format
        return formatter.string(from: Date(timeIntervalSinceNow: seconds))
    }
}
