import Testing

@testable import Worker

@Suite struct DueWatchTests {
    private let start = ContinuousClock.now

    @Test func itAsksOnceAndAgainWhenTheMomentHasPassed() {
        var watch = DueWatch()
        #expect(watch.isUnknown(at: start))
        let isDue = watch.learn(.seconds(5), at: start)
        #expect(!isDue)
        #expect(!watch.isUnknown(at: start + .seconds(4)) && watch.isUnknown(at: start + .seconds(5)))
        #expect(watch.delay(at: start + .seconds(4), longest: .seconds(10)) == .seconds(1))
        #expect(watch.delay(at: start, longest: .seconds(2)) == .seconds(2))
        #expect(watch.delay(at: start + .seconds(6), longest: .seconds(10)) == .seconds(10))
        watch.forget()
        #expect(watch.isUnknown(at: start))
    }

    @Test func whereNothingWaitsItAsksNoMore() {
        var watch = DueWatch()
        let isDue = watch.learn(nil, at: start)
        #expect(!isDue)
        #expect(!watch.isUnknown(at: start + .seconds(1_000_000)))
        #expect(watch.delay(at: start, longest: .seconds(10)) == .seconds(10))
    }

    /// Somebody holds the row, say: looking again at once, and again, would be of no use.
    @Test func whatStaysDueIsLookedForAtOnceOnceOnly() {
        var watch = DueWatch()
        let answers: [(wait: Duration, isDue: Bool)] = [
            (.zero, true), (.zero, false), (.zero, false), (.seconds(1), false), (.zero, true),
        ]
        for (wait, isDue) in answers {
            #expect(watch.isUnknown(at: start + .seconds(1)))
            let isDueNow = watch.learn(wait, at: start)
            #expect(isDueNow == isDue)
        }
    }

    @Test func failuresAreFollowedByLongerWaitsUpToThePoll() {
        let settings = WorkerSettings()
        let delays = [0, 1, 2, 3, 4, 5, 6, .max].map { settings.failureDelay(afterFailures: $0) }
        #expect(delays == [1, 1, 2, 4, 8, 10, 10, 10].map { .seconds($0) })
    }

    @Test func questionsForMoreToListAreFollowedByLongerWaits() {
        let settings = WorkerSettings()
        let delays = [0, 1, 2, 3, 4, 5, 6, .max].map { settings.askDelay(afterQuestions: $0) }
        #expect(delays == [100, 100, 200, 400, 800, 1_600, 2_000, 2_000].map { .milliseconds($0) })
    }
}
