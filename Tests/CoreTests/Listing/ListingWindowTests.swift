import TestSupport
import Testing

@testable import Core

@Suite struct ListingWindowTests {
    /// One round trip: as many answers as there were requests, all sent at `time`, arriving a second later.
    private func roundTrip(_ window: inout ListingWindow, at time: Int, throttled: Int = 0) {
        for index in 0..<window.size {
            window.answered(sentAt: .seconds(time), throttled: index < throttled, at: .seconds(time + 1))
        }
    }

    @Test func doublesEveryRoundTripUntilTheMaximum() {
        var window = ListingWindow(maximum: 50)
        var sizes: [Int] = []
        for time in 0..<4 {
            sizes.append(window.size)
            roundTrip(&window, at: time)
        }
        #expect(sizes == [8, 16, 32, 50])
        #expect(window.size == 50)
    }

    @Test func halvesOnceForWhatWasUnderWayTogether() {
        var window = ListingWindow(maximum: 64, start: 64)
        roundTrip(&window, at: 0, throttled: 64)
        #expect(window.size == 32)
        // Sent under the new window, so it counts.
        roundTrip(&window, at: 1, throttled: 32)
        #expect(window.size == 16)
    }

    @Test func growsByOneEveryRoundTripOnceThrottled() {
        var window = ListingWindow(maximum: 64, start: 20)
        roundTrip(&window, at: 0, throttled: 1)
        #expect(window.size == 10)
        for time in 1...10 { roundTrip(&window, at: time) }
        #expect((19...20).contains(window.size))
    }

    @Test func whatWasSentBeforeTheDecreaseDoesNotGrowIt() {
        var window = ListingWindow(maximum: 64, start: 8)
        window.answered(sentAt: .seconds(1), throttled: true, at: .seconds(5))
        for _ in 0..<100 { window.answered(sentAt: .seconds(4), throttled: false, at: .seconds(6)) }
        #expect(window.size == 4)
    }

    @Test(arguments: [(0, 0), (-3, 8), (1, 8), (5, 100), (5, -1)]) func staysWithinItsBounds(maximum: Int, start: Int) {
        var window = ListingWindow(maximum: maximum, start: start)
        var random = SeededGenerator(seed: maximum &* 31 &+ start)
        for time in 0..<500 {
            #expect((1...max(1, maximum)).contains(window.size))
            window.answered(
                sentAt: .seconds(time), throttled: random.once(in: 5), at: .seconds(time))
        }
    }
}
