import Testing

@testable import Core

@Suite struct HedgeTimerTests {
    @Test func nothingIsAStragglerBeforeSixteenAreKnown() {
        var timer = HedgeTimer()
        for _ in 0..<15 {
            timer.answered(in: .milliseconds(50))
            #expect(timer.delay() == nil)
        }
        timer.answered(in: .milliseconds(50))
        #expect(timer.delay() == .milliseconds(150))
    }

    @Test func isThreeTimesTheNinetiethPercentile() {
        var timer = HedgeTimer()
        for milliseconds in (1...20).reversed() { timer.answered(in: .milliseconds(milliseconds * 10)) }
        #expect(timer.delay() == .milliseconds(540))
    }

    @Test func isAHundredMillisecondsAtLeast() {
        var timer = HedgeTimer()
        for _ in 0..<64 { timer.answered(in: .milliseconds(2)) }
        #expect(timer.delay() == .milliseconds(100))
    }

    @Test func onlyTheLastSixtyFourCount() {
        var timer = HedgeTimer()
        for _ in 0..<500 { timer.answered(in: .seconds(9)) }
        for _ in 0..<64 { timer.answered(in: .milliseconds(60)) }
        #expect(timer.delay() == .milliseconds(180))
    }

    @Test func oneOfTwentyRequestsMayBeMadeTwice() {
        var timer = HedgeTimer()
        var hedges = 0
        while timer.mayHedge() { hedges += 1 }
        #expect(hedges == 4)
        for _ in 0..<1000 {
            timer.answered(in: .milliseconds(50))
            if timer.mayHedge() { hedges += 1 }
        }
        #expect(hedges == 54)
        // What was not used does not pile up.
        for _ in 0..<1000 { timer.answered(in: .milliseconds(50)) }
        var burst = 0
        while timer.mayHedge() { burst += 1 }
        #expect(burst == 4)
    }
}
