import Core
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test("cuts nanoseconds to microseconds")
    func nanoseconds() {
        #expect(Timestamp(seconds: 1, nanoseconds: 999_999_999) == Timestamp(microseconds: 1_999_999))
        #expect(Timestamp(seconds: 0, nanoseconds: 999) == Timestamp(microseconds: 0))
        #expect(Timestamp(seconds: -1, nanoseconds: 1_000) == Timestamp(microseconds: -999_999))
    }

    @Test("tells the second it lies in, before the epoch too")
    func wholeSecond() {
        let seconds: [(Int64, Int64)] = [(0, 0), (1, 0), (999_999, 0), (1_000_000, 1_000_000), (-1, -1_000_000)]
        for (time, second) in seconds {
            #expect(Timestamp(microseconds: time).wholeSecond == Timestamp(microseconds: second))
        }
        #expect(Timestamp(microseconds: .min).wholeSecond == Timestamp(microseconds: .min))
    }

    @Test("orders by time")
    func order() {
        let times = [3, -1, 0].map { Timestamp(microseconds: $0) }
        #expect(times.sorted().map(\.microseconds) == [-1, 0, 3])
    }
}
