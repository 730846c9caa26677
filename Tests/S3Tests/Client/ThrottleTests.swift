import HTTP
import Synchronization
import TestSupport
import Testing

@testable import S3

/// Requests to a server that asks for fewer stand back together.
@Suite(.timeLimit(.minutes(15))) struct ThrottleTests {
    @Test func whatOneCallMeetsHoldsUpTheOthersAlsoThoseOfOtherClients() async throws {
        let answers = [Answer.error(503, "SlowDown"), Answer.page("a")]
        try await Bench.use(answers: answers) { bench async throws in
            var settings = bench.client.settings
            let clock = TestClock()
            settings.clock = clock
            let other = try S3Client(http: bench.client.http, credentials: bench.credentials, settings: settings)
            settings.retry.maximumAttempts = 1
            let first = try S3Client(http: bench.client.http, credentials: bench.credentials, settings: settings)

            #expect(try await s3Error { _ = try await first.listObjects("bucket") }?.code == .slowDown)
            #expect(clock.pauses.isEmpty && bench.requests.count == 1)
            #expect(try await other.listObjects("bucket").map(\.key) == ["a"])
            #expect(clock.pauses == [.milliseconds(50)] && bench.requests.count == 2)
            // That was a success: it is over.
            #expect(settings.throttled.count == 0)
            _ = try await other.listObjects("bucket")
            #expect(clock.pauses.count == 1)
        }
    }

    @Test(
        "Each way of asking for fewer requests counts",
        arguments: [
            Answer.error(503, "ServiceUnavailable"), Answer.response(503), Answer.response(429),
            Answer.error(200, "SlowDown"),
        ])
    func eachWayCounts(_ answer: String) async throws {
        try await Bench.use(answers: [answer], change: { $0.retry.maximumAttempts = 1 }) { bench async throws in
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(bench.client.settings.throttled.count == 1)
        }
    }

    @Test(
        "Other failures hold nobody up",
        arguments: [Answer.error(500, "InternalError"), Answer.error(403, "AccessDenied"), Answer.response(502), "!"])
    func othersDoNot(_ answer: String) async throws {
        try await Bench.use(answers: [answer], change: { $0.retry.maximumAttempts = 1 }) { bench async throws in
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(bench.client.settings.throttled.count == 0)
        }
    }

    @Test func whoHasWaitedForLongFailsUnsent() async throws {
        let events = Mutex<[S3Event]>([])
        try await Bench.use(answers: [Answer.error(503, "SlowDown", "Retry-After: 40")]) {
            $0.retry.maximumAttempts = 1
            $0.observe = { event in events.withLock { $0.append(event) } }
        } _: { bench async throws in
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            let error = try await s3Error { _ = try await bench.client.headObject("bucket", "a") }
            #expect(error?.code == .heldBack && error?.isRetryable == true)
            #expect(error?.message.contains("was not sent") == true)
            #expect(bench.requests.count == 1)
            // It looked each second whether it was over, for as long as it may take.
            #expect(bench.clock.pauses == Array(repeating: .seconds(1), count: 10))
            // Who comes then fails a second later: nothing has succeeded for all that time.
            #expect(try await s3Error { _ = try await bench.client.headObject("bucket", "b") }?.code == .heldBack)
            #expect(bench.clock.pauses.count == 11 && bench.requests.count == 1)
            let endpoint = bench.client.endpoint.description
            #expect(
                events.withLock(\.self) == [
                    .requestEnded(operation: "ListObjectsV2", statusClass: 5),
                    .throttled(endpoint: endpoint, pause: .seconds(40)), .requestHeldBack(operation: "HeadObject"),
                    .requestHeldBack(operation: "HeadObject"),
                ])
        }
    }

    @Test func requestsAndTheirRepetitionsAreTold() async throws {
        let events = Mutex<[S3Event]>([])
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<List!"
        let answers = [Answer.error(500, "InternalError"), cut, Answer.page("a"), Answer.error(403, "AccessDenied")]
        try await Bench.use(answers: answers) {
            $0.observe = { event in events.withLock { $0.append(event) } }
        } _: { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            let list = "ListObjectsV2"
            #expect(
                events.withLock(\.self) == [
                    .requestEnded(operation: list, statusClass: 5), .requestRepeated(operation: list),
                    .requestEnded(operation: list, statusClass: nil), .requestRepeated(operation: list),
                    .requestEnded(operation: list, statusClass: 2), .requestEnded(operation: list, statusClass: 4),
                ])
        }
    }

    /// With the real clock: a hundred calls at once, of which each alone would make four requests.
    @Test func serverThatThrottlesSeesFewRequests() async throws {
        try await Bench.use(answers: [Answer.error(503, "SlowDown")]) {
            $0.clock = SystemClock()
            $0.random = { .random(in: 0..<1) }
            $0.retry.maximumThrottleWait = .seconds(3)
        } _: { bench async throws in
            // The first one meets it alone.
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            let alone = bench.requests.count
            #expect(alone == 4)
            let client = bench.client
            let codes = try await withThrowingTaskGroup(of: S3Error.Code?.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await s3Error { _ = try await client.listObjects("bucket") }?.code }
                }
                var codes: [S3Error.Code?] = []
                for try await code in group { codes.append(code) }
                return codes
            }
            #expect(codes.allSatisfy { $0 == .slowDown || $0 == .heldBack })
            // Pauses of up to 1.6 s, 3.2 s, …: few fit into these seconds, and not the 400 that there would be else.
            #expect(bench.requests.count < alone + 40, "\(bench.requests.count)")
        }
    }

    @Test func aCancelledTaskWaitsNoLonger() async throws {
        try await Bench.use(answers: [Answer.error(503, "SlowDown", "Retry-After: 60")]) {
            $0.clock = SystemClock()
            $0.retry.maximumThrottleWait = .seconds(3_600)
            $0.retry.maximumAttempts = 1
        } _: { bench async throws in
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            let client = bench.client
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await client.listObjects("bucket")
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                group.cancelAll()
                for await isCancelled in group { #expect(isCancelled) }
            }
            #expect(bench.requests.count == 1)
        }
    }
}
