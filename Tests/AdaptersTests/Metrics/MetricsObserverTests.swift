import Adapters
import Core
import MetricsTestKit
import Testing

@Suite struct MetricsObserverTests {
    private let metrics = TestMetrics()
    private let job = Job(id: 1, token: 1, kind: .rebuild, cache: "c", arguments: JobArguments(), attempt: 1)

    private func total(_ name: String, _ dimensions: [(String, String)] = []) throws -> Int64 {
        try metrics.expectCounter("s3cache_worker_\(name)", dimensions).totalValue
    }

    @Test func jobsAreCountedByKindAndOutcomeWithTheirTimes() throws {
        let count = MetricsObserver(factory: metrics)
        let failure = JobFailure(code: "x", message: "Not now.", isRetryable: true)
        count(.jobsClaimed(5))
        count(.jobsRunning(3))
        for _ in 0..<5 { count(.jobStarted(job)) }
        count(.jobDone(job, seconds: 1.5))
        count(.jobDone(job, seconds: 0.25))
        count(.jobFailed(job, failure, seconds: 2))
        count(.jobCancelled(job, seconds: 3))
        count(.jobHandedBack(job, seconds: 4))
        count(.claimLost(job))
        count(.jobsRunning(0))
        count(.memoryShort(job, bytes: 5))
        count(.memoryReserved(bytes: 7, waiting: 1))
        count(.purged(job))
        count(.purgeFailed(job, JobFailure(code: "purge_failed", message: "No.", isRetryable: true)))
        #expect(try total("jobs_claimed_total") == 5)
        #expect(try total("jobs_started_total", [("kind", "rebuild")]) == 5)
        for (outcome, nanoseconds) in [
            ("done", [1_500_000_000, 250_000_000]), ("failed", [2_000_000_000]), ("cancelled", [3_000_000_000]),
            ("handed_back", [4_000_000_000]),
        ] as [(String, [Int64])] {
            let dimensions = [("kind", "rebuild"), ("outcome", outcome)]
            #expect(try total("jobs_ended_total", dimensions) == nanoseconds.count)
            #expect(try metrics.expectTimer("s3cache_worker_job_seconds", dimensions).values == nanoseconds)
        }
        #expect(try total("claims_lost_total", [("kind", "rebuild")]) == 1)
        #expect(try metrics.expectMeter("s3cache_worker_jobs_running").values == [3, 0])
        #expect(try total("memory_waits_total") == 1)
        #expect(try metrics.expectMeter("s3cache_worker_memory_reserved_bytes").values == [7])
        #expect(try metrics.expectMeter("s3cache_worker_memory_waiting_jobs").values == [1])
        for outcome in ["done", "failed"] { #expect(try total("purges_total", [("outcome", outcome)]) == 1) }
    }

    @Test func requestsAreCountedByOperationAndStatus() throws {
        let count = MetricsObserver(factory: metrics)
        for statusClass in [2, 2, 4, 5, nil] {
            count(.storeRequestEnded(operation: "GetObject", statusClass: statusClass))
        }
        count(.storeRequestRepeated(operation: "GetObject"))
        count(.storeThrottled(endpoint: "https://s3.example.com", seconds: 1))
        count(.storeRequestHeldBack(operation: "GetObject"))
        for (status, number) in [("2xx", 2), ("4xx", 1), ("5xx", 1), ("none", 1)] as [(String, Int64)] {
            #expect(try total("s3_requests_total", [("operation", "GetObject"), ("status", status)]) == number)
        }
        #expect(try total("s3_retries_total", [("operation", "GetObject")]) == 1)
        #expect(try total("s3_throttles_total") == 1)
        #expect(try total("s3_held_back_total", [("operation", "GetObject")]) == 1)
    }

    @Test func whatWentWrongIsCounted() throws {
        let count = MetricsObserver(factory: metrics)
        count(.heartbeatFailed("no connection"))
        count(.hintsIgnored(7))
        count(.databaseUnavailable("no connection"))
        #expect(try total("heartbeats_failed_total") == 1)
        #expect(try total("hints_ignored_total") == 7)
        #expect(metrics.counters.count == 2)
    }
}
