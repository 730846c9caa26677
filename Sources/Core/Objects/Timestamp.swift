/// An instant in microseconds since 1970-01-01T00:00:00Z: the resolution of PostgreSQL's `timestamptz`.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch; negative before it.
    public let microseconds: Int64

    /// An instant from microseconds since the Unix epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// An instant from seconds and nanoseconds since the Unix epoch, cut to whole microseconds; what is beyond 64 bits
    /// becomes the first or last instant there is.
    public init(seconds: Int64, nanoseconds: Int64) {
        let (product, multiplied) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, added) = product.addingReportingOverflow(nanoseconds / 1_000)
        self.microseconds = multiplied || added ? (seconds < 0 ? .min : .max) : sum
    }

    /// So many seconds later; the last instant there is where that is beyond 64 bits.
    public func advanced(bySeconds seconds: Int) -> Timestamp {
        let (product, multiplied) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
        let (sum, added) = microseconds.addingReportingOverflow(product)
        return Timestamp(microseconds: multiplied || added ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The second in which it lies.
    public var wholeSecond: Timestamp {
        let fraction = microseconds % 1_000_000
        let down = fraction < 0 ? fraction + 1_000_000 : fraction
        let (start, overflow) = microseconds.subtractingReportingOverflow(down)
        return Timestamp(microseconds: overflow ? .min : start)
    }

    /// Earlier than.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}
