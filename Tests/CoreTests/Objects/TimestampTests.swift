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

    @Test("orders by time")
    func order() {
        let times = [3, -1, 0].map { Timestamp(microseconds: $0) }
        #expect(times.sorted().map(\.microseconds) == [-1, 0, 3])
    }
}
