import HTTP
import TestSupport
import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct RetryTests {
    @Test(
        "What may pass is tried again, with random pauses that grow",
        arguments: [
            Answer.error(500, "InternalError"), Answer.error(503, "SlowDown"),
            Answer.response(502, "<html>Bad gateway</html>"),
            Answer.response(503, String(repeating: "x", count: 100_000)), Answer.error(400, "RequestTimeout"),
            Answer.response(429),
            Answer.error(409, "OperationAborted"), "!", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<List!",
            Answer.error(200, "InternalError"), Answer.error(200, "SlowDown"),
        ])
    func passingTroubleIsRetried(_ trouble: String) async throws {
        try await Bench.use(answers: [trouble, trouble, trouble, Answer.page("a")]) { bench async throws in
            #expect(try await bench.client.listObjects("bucket").map(\.key) == ["a"])
            #expect(bench.requests.count == 4)
            #expect(bench.clock.pauses == [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
            #expect(bench.client.counters.requests == 4 && bench.client.counters.retries == 3)
        }
    }

    @Test func afterTheLastAttemptTheErrorIsThrown() async throws {
        try await Bench.use(answers: [Answer.error(500, "InternalError")]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.code == .serverError && error?.isRetryable == true)
            #expect(bench.requests.count == 4)
        }
    }

    @Test(
        "What does not pass is not tried again",
        arguments: [
            Answer.error(403, "AccessDenied"), Answer.error(404, "NoSuchBucket"), Answer.error(400, "InvalidArgument"),
            Answer.error(501, "NotImplemented"), Answer.response(404, "<html>not found</html>"),
            Answer.response(200, "<a/>"),
            Answer.error(200, "AccessDenied"), Answer.page("a", name: "other"),
            Answer.response(302, "", "Location: /x"),
        ])
    func lastingTroubleIsNot(_ trouble: String) async throws {
        try await Bench.use(answers: [trouble]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.isRetryable == false)
            #expect(bench.requests.count == 1)
        }
    }

    @Test func theServersPauseIsKept() async throws {
        let date = "Retry-After: Tue, 14 Nov 2023 22:13:50 GMT"
        let answers = [
            Answer.error(503, "SlowDown", "Retry-After: 7"), Answer.error(503, "SlowDown", date), Answer.page(),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            #expect(bench.clock.pauses == [.seconds(7), .seconds(30)])
        }
    }

    @Test func aLongerPauseThanAllowedIsAnError() async throws {
        try await Bench.use(answers: [Answer.error(503, "SlowDown", "Retry-After: 61")]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.code == .slowDown && error?.retryAfter == .seconds(61))
            #expect(bench.requests.count == 1)
        }
    }

    @Test func withoutTokensNothingIsRetriedUntilSuccessesGiveSomeBack() async throws {
        let fails: @Sendable (Int) -> String = { $0 % 2 == 0 ? Answer.error(500, "InternalError") : Answer.page() }
        try await Bench.use(change: { $0.retry.tokenCapacity = 12 }, script: fails) { bench async throws in
            // Each success after a retry costs 5 and gives 1 back: 12, 8, 4.
            for _ in 0..<2 { _ = try await bench.client.listObjects("bucket") }
            #expect(bench.client.tokens.count == 4)
            #expect(try await s3Error { _ = try await bench.client.listObjects("bucket") }?.code == .serverError)
            _ = try await bench.client.listObjects("bucket")
            #expect(bench.client.tokens.count == 5)
            _ = try await bench.client.listObjects("bucket")
            #expect(bench.requests.count == 8)
        }
    }

    @Test func timeOutsCostMore() {
        let policy = S3RetryPolicy()
        func cost(_ code: S3Error.Code, _ http: HTTPError.Code? = nil) -> Int {
            var error = S3Error(code, "", operation: "")
            error.httpCode = http
            return policy.cost(of: error)
        }
        #expect(
            cost(.serverError) == 5 && cost(.connectionLost) == 5 && cost(.endpointUnreachable, .connectionRefused) == 5
        )
        #expect(cost(.timedOut) == 10 && cost(.stalled) == 10 && cost(.endpointUnreachable, .connectTimedOut) == 10)
    }

    @Test func pausesAreBounded() {
        var policy = S3RetryPolicy()
        policy.maximumBackoff = .seconds(1)
        #expect(policy.backoff(retry: 1, random: 0) == .zero)
        #expect(policy.backoff(retry: 3, random: 1) == .milliseconds(400))
        #expect(policy.backoff(retry: .max, random: 1) == .seconds(1))
    }

    @Test func nobodyListens() async throws {
        let port = try ClosedPort()
        defer { withExtendedLifetime(port) {} }
        let endpoint = try S3Endpoint("http://127.0.0.1:\(port.number)")
        try await Bench.use(answers: [""]) {
            $0.endpoint = endpoint
        } _: { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.code == .endpointUnreachable)
            #expect(bench.clock.pauses.count == 3)
        }
    }

    @Test func aCancelledTaskStops() async throws {
        try await Bench.use(answers: [Answer.error(500, "InternalError")]) { bench async throws in
            let client = bench.client
            await withTaskGroup(of: Bool.self) { group in
                group.cancelAll()
                group.addTask {
                    do {
                        _ = try await client.listObjects("bucket")
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                for await isCancelled in group { #expect(isCancelled) }
            }
            #expect(bench.requests.count <= 1)
        }
    }
}
