import TestSupport
import Testing

@testable import Core

@Suite struct StoreClockTests {
    /// A store of several machines with clocks of their own, and a worker that writes there.
    private struct Store {
        var random: SeededGenerator
        /// By how much each machine's clock is ahead of ours at the start, in microseconds.
        var leads: [Int64]
        /// Of these microseconds one is gained, or lost where negative.
        var drift: Int64

        /// A write that is sent at a moment of our time: the span of it, and the second that the store names.
        mutating func write(at sent: Int64, longest: Int64) -> (span: ClosedRange<Int64>, second: Int64) {
            let took = Int64.random(in: 300...longest, using: &random)
            let written = sent + Int64.random(in: 0...took, using: &random)
            let lead = leads.randomElement(using: &random) ?? 0
            return (sent...sent + took, (written + written / drift + lead) / 1_000_000)
        }
    }

    /// How many of so many writes were told, and how many wrongly; whoever is not told asks, as workers do.
    private func run(
        _ store: inout Store, _ clock: inout StoreClock, count: Int, every pause: Int64, longest: Int64 = 20_000,
        from start: Int64 = 0
    ) -> (told: Int, wrong: Int) {
        var (told, wrong) = (0, 0)
        for number in 0..<Int64(count) {
            let (span, second) = store.write(at: start + number * pause, longest: longest)
            if let answer = clock.second(written: span) {
                told += 1
                if answer != second { wrong += 1 }
            } else {
                clock.learn(second, written: span)
            }
        }
        return (told, wrong)
    }

    private static let start: Int64 = 1_800_000_000_000_000

    @Test(arguments: 0..<200) func isNeverWrongWhileTheMachinesAgreeWithinItsTolerance(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let lead = Self.start + Int64.random(in: -40_000_000...40_000_000, using: &random)
        let leads = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            lead + Int64.random(in: -StoreClock.tolerance...StoreClock.tolerance, using: &random)
        }
        let drift: Int64 = Bool.random(using: &random) ? 2_000 : -2_000
        let pause = Int64.random(in: 1_000...50_000, using: &random)
        let longest = Int64.random(in: 1_000...80_000, using: &random)
        var store = Store(random: random, leads: leads, drift: drift)
        var clock = StoreClock()
        let (told, wrong) = run(&store, &clock, count: 10_000, every: pause, longest: longest)
        #expect(wrong == 0)
        #expect(told > 5_000, "\(told)")
    }

    @Test func isTellingNothingBeforeASecondHasTurned() {
        var clock = StoreClock()
        #expect(clock.second(written: 0...1_000) == nil)
        for number in Int64(0)..<90 {
            let span = number * 10_000...number * 10_000 + 1_000
            #expect(clock.second(written: span) == nil)
            clock.learn(1_800_000_000, written: span)
        }
        clock.learn(1_800_000_001, written: 1_001_000...1_002_000)
        #expect(clock.second(written: 1_300_000...1_301_000) == 1_800_000_001)
        // About to turn, or turning.
        #expect(clock.second(written: 1_950_000...1_951_000) == nil)
        #expect(clock.second(written: 1_990_000...2_010_000) == nil)
    }

    @Test func asksNowAndThenWhatItKnows() {
        var clock = StoreClock()
        clock.learn(100, written: 990_000...991_000)
        clock.learn(101, written: 1_000_000...1_001_000)
        let told = (0..<200).count { _ in clock.second(written: 1_500_000...1_501_000) != nil }
        #expect(told == 189)
    }

    @Test func forgetsSoon() {
        var clock = StoreClock()
        clock.learn(100, written: 990_000...991_000)
        clock.learn(101, written: 1_000_000...1_001_000)
        #expect(clock.second(written: 2_500_000...2_501_000) == 102)
        #expect(clock.second(written: 3_500_000...3_501_000) == nil)
    }

    @Test func machinesThatDisagreeAreNotTrusted() {
        var store = Store(
            random: SeededGenerator(seed: 1), leads: [Self.start, Self.start + 300_000], drift: 1_000_000_000)
        var clock = StoreClock()
        // For two minutes, of which it is distrusted for one at least: it takes some answers to see why.
        let (told, wrong) = run(&store, &clock, count: 12_000, every: 10_000)
        #expect(told < 600, "\(told)")
        #expect(wrong < 200, "\(wrong)")
    }

    @Test func aClockThatIsSetIsNotFollowedBlindly() {
        var store = Store(random: SeededGenerator(seed: 2), leads: [Self.start], drift: 1_000_000_000)
        var clock = StoreClock()
        #expect(run(&store, &clock, count: 1_000, every: 10_000).wrong == 0)
        store.leads = [Self.start - 5_000_000]
        // Wrong until the next turn of a second at most, then silent for a minute, then right again.
        let (_, wrong) = run(&store, &clock, count: 6_000, every: 10_000, from: 10_000_000)
        #expect(wrong <= 100, "\(wrong)")
        let (told, wrongAfter) = run(&store, &clock, count: 1_000, every: 10_000, from: 80_000_000)
        #expect(wrongAfter == 0)
        #expect(told > 500)
    }

    @Test func timesBeforeItsStartAreTimesAsWell() {
        var clock = StoreClock()
        clock.learn(-11, written: -10_010_000 ... -10_009_000)
        clock.learn(-10, written: -10_000_000 ... -9_999_000)
        #expect(clock.second(written: -9_500_000 ... -9_499_000) == -10)
    }
}
