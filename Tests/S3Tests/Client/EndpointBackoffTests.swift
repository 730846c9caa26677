import Testing

@testable import S3

@Suite struct EndpointBackoffTests {
    private func backoff() -> EndpointBackoff { EndpointBackoff(base: .milliseconds(100), maximum: .seconds(1)) }

    @Test func nothingIsHeldBackBeforeAServerAsksForIt() {
        var backoff = backoff()
        #expect(backoff.wait(at: .zero) == .zero && backoff.wait(at: .zero) == .zero)
        backoff.succeeded(sentAt: .zero, at: .zero)
        #expect(backoff.isOver)
    }

    @Test func pausesAreRandomBelowACeilingThatDoublesUpToTheLongest() {
        var backoff = backoff()
        var now: Duration = .zero
        var pauses: [Duration] = []
        for random in [0.5, 0.5, 0.25, 1, 1, 1] {
            let pause = backoff.throttled(sentAt: now, at: now, asked: .zero, random: random)
            pauses.append(pause)
            #expect(pause == .zero || backoff.wait(at: now) == pause)
            now += pause
        }
        let expected: [Duration] = [
            .milliseconds(50), .milliseconds(100), .milliseconds(100), .milliseconds(800), .seconds(1), .seconds(1),
        ]
        #expect(pauses == expected)
        for _ in 0..<100 { _ = backoff.throttled(sentAt: now, at: now, asked: .zero, random: 1) }
        #expect(backoff.level == 20 && backoff.wait(at: now) == .seconds(1))
    }

    @Test func requestsThatWereOnTheirWayTogetherCountOnce() {
        var backoff = backoff()
        for answer in 1...50 {
            _ = backoff.throttled(
                sentAt: .zero, at: .milliseconds(answer), asked: .zero, random: 0.5)
        }
        #expect(backoff.level == 1 && backoff.end == .milliseconds(51))
        // Nor is it over because of what was answered as usual among them.
        backoff.succeeded(sentAt: .zero, at: .milliseconds(51))
        #expect(backoff.level == 1)
    }

    @Test func afterAPauseOneRequestShowsWhetherItIsOver() {
        var backoff = backoff()
        _ = backoff.throttled(sentAt: .zero, at: .zero, asked: .zero, random: 1)
        let later: Duration = .milliseconds(100)
        #expect(backoff.wait(at: later) == .zero)
        #expect(backoff.wait(at: later) == .milliseconds(100) && backoff.wait(at: later) == .milliseconds(100))
        // One whose answer never comes holds the others up no longer than a pause.
        #expect(backoff.wait(at: .milliseconds(200)) == .zero)
        backoff.succeeded(sentAt: later, at: .milliseconds(210))
        #expect(backoff.isOver && backoff.wait(at: .milliseconds(210)) == .zero)
    }

    @Test func eachSuccessLetsOneMoreGoUntilItIsOver() {
        var backoff = backoff()
        var now: Duration = .zero
        for _ in 0..<3 { now += backoff.throttled(sentAt: now, at: now, asked: .zero, random: 1) }
        #expect(backoff.level == 3)
        for level in [2, 1, 0] {
            #expect(backoff.wait(at: now) == .zero)
            #expect(backoff.wait(at: now) > .zero)
            backoff.succeeded(sentAt: now, at: now)
            #expect(backoff.level == level)
        }
        #expect(backoff.wait(at: now) == .zero && backoff.wait(at: now) == .zero)
    }

    @Test func whatAServerAskedForLongAgoHoldsNobodyUp() {
        var backoff = backoff()
        var now: Duration = .zero
        for _ in 0..<6 { now += backoff.throttled(sentAt: now, at: now, asked: .zero, random: 1) }
        now += .seconds(1)
        #expect(backoff.wait(at: now) == .zero && backoff.wait(at: now) == .zero)
        #expect(backoff.isOver && backoff.age(at: now) == .zero)
    }

    @Test func itIsAsOldAsTheTimeWithoutASuccess() {
        var backoff = backoff()
        #expect(backoff.age(at: .seconds(9)) == .zero)
        for second in 10...20 {
            _ = backoff.throttled(sentAt: .seconds(second), at: .seconds(second), asked: .zero, random: 1)
        }
        #expect(backoff.age(at: .seconds(25)) == .seconds(15))
        backoff.succeeded(sentAt: .seconds(25), at: .seconds(26))
        #expect(backoff.age(at: .seconds(27)) == .seconds(1))
    }

    @Test func pauseThatTheServerAsksForIsKeptByAll() {
        var backoff = backoff()
        #expect(backoff.throttled(sentAt: .zero, at: .seconds(1), asked: .seconds(7), random: 0.5) == .seconds(7))
        #expect(backoff.wait(at: .seconds(4)) == .seconds(4))
        // Also where another one of those on their way was asked for less, or for more.
        #expect(backoff.throttled(sentAt: .zero, at: .seconds(2), asked: .zero, random: 0.5) == .seconds(6))
        #expect(backoff.throttled(sentAt: .zero, at: .seconds(2), asked: .seconds(8), random: 0.5) == .seconds(8))
    }

    @Test func placesAreBoundedAndThoseOfOneServerAreOne() throws {
        let policy = S3RetryPolicy()
        let own = try S3Endpoint("http://localhost:9000")
        let amazon = try S3Endpoint(awsRegion: "eu-central-1")
        #expect(ThrottledEndpoints.Place(own, bucket: "a") == .init(own, bucket: "b"))
        #expect(ThrottledEndpoints.Place(amazon, bucket: "a") != .init(amazon, bucket: "b"))

        let throttled = ThrottledEndpoints(capacity: 3)
        func throttle(_ bucket: String, _ random: Double) -> Duration {
            throttled.throttled(
                .init(amazon, bucket: bucket), sentAt: .zero, at: .zero, asked: .zero, random: random, policy: policy)
        }
        for (bucket, random) in [("a", 0.5), ("b", 0.1), ("c", 0.9), ("d", 0.5)] { _ = throttle(bucket, random) }
        #expect(throttled.count == 3)
        #expect(throttled.turn(at: .init(amazon, bucket: "b"), now: .zero).wait == .zero)
        #expect(throttled.turn(at: .init(amazon, bucket: "c"), now: .zero).wait == .milliseconds(90))
        #expect(throttled.turn(at: .init(own, bucket: "c"), now: .zero).wait == .zero)
        throttled.succeeded(.init(amazon, bucket: "c"), sentAt: .seconds(1), at: .seconds(1))
        #expect(throttled.count == 2)
        // What a server asks for is bounded.
        let asked = throttled.throttled(
            .init(own, bucket: "a"), sentAt: .zero, at: .zero, asked: .seconds(31_536_000), random: 0, policy: policy)
        #expect(asked == policy.maximumRetryAfter)
    }
}
