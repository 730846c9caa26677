import Adapters
import BucketSupport
import Core
import MetricsTestKit
import TestSupport
import Testing
import Worker

/// All jobs of a server that asks for fewer requests stand back together; those of another one go on.
@Suite(.timeLimit(.minutes(15))) struct ThrottleTests {
    @Test func jobsOfAThrottledServerWaitAndThoseOfAnotherGoOn() async throws {
        try await Rig.use { rig in
            try await TestBucket.use(on: .rgw) { bucket in
                let isThrottling = Shared(true)
                let slow = try FaultProxy(upstream: bucket.server.endpoint) { _ in
                    isThrottling.value ? .status(503, body: PassingFault.error("SlowDown")) : .none
                }
                let other = try FaultProxy(upstream: bucket.server.endpoint)
                var environment = bucket.server.reached(at: slow.origin).environment(bucket: bucket.name)
                environment["S3CACHE_ALLOWED_ENDPOINTS"] = other.origin
                try await rig.session.run(
                    "select s3cache.create_cache('elsewhere', prefix => 'elsewhere/'), s3cache.configure('elsewhere', endpoint => $1)",
                    other.origin)
                try await rig.session.takeAnything()
                try await rig.session.takeAnything(in: "elsewhere")
                let metrics = TestMetrics()
                let count = MetricsObserver(factory: metrics)
                var settings = WorkerSettings.small
                settings.concurrency = 24
                let stores = try TestBucket.provider(environment, observe: { count($0) })
                try await rig.withWorker(stores, settings: settings, observe: { count($0) }) {
                    for number in 0..<20 {
                        try await rig.session.run("select s3cache.upload($1, 'abc'::bytea)", "slow-\(number)")
                    }
                    try await waitUntil("it throttles") { slow.count() > 0 }
                    for number in 0..<20 {
                        let id = try await rig.session.number(
                            "select s3cache.upload($1, 'abc'::bytea, cache => 'elsewhere')", "other-\(number)")
                        #expect(try await rig.session.wait(for: Int64(id)).state == "done")
                    }
                    // Whoever waited for too long makes room, and comes back later.
                    try await waitUntil("a job has failed for now") {
                        try await rig.session.number(
                            "select count(*) from s3cache.jobs where error like '%was not sent%' and state in ('waiting', 'queued', 'running')"
                        ) > 0
                    }
                    // Each job alone would have made four requests by now, and four more with each attempt.
                    #expect(slow.count() < 45, "\(slow.count())")
                    #expect(try await rig.session.number("select count(*) from s3_image_cache") == 0)
                    isThrottling.withLock { $0 = false }
                    try await waitUntil(deadline: .seconds(240), "all are done") {
                        try await rig.session.number(
                            "select count(*) from s3cache.jobs where kind = 'upload' and state = 'done'") == 40
                    }
                }
                #expect(try await rig.session.number("select count(*) from s3_image_cache") == 20)
                func total(_ name: String, _ dimensions: [(String, String)] = []) throws -> Int64 {
                    try metrics.expectCounter("s3cache_worker_\(name)", dimensions).totalValue
                }
                #expect(try total("s3_throttles_total") > 0)
                let answered = try total("s3_requests_total", [("operation", "PutObject"), ("status", "2xx")])
                let refused = try total("s3_requests_total", [("operation", "PutObject"), ("status", "5xx")])
                #expect(answered == 40 && refused > 0)
                #expect(try total("s3_held_back_total", [("operation", "PutObject")]) > 0)
                #expect(try total("s3_retries_total", [("operation", "PutObject")]) > 0)
                #expect(try total("jobs_ended_total", [("kind", "upload"), ("outcome", "done")]) == 40)
                let failed = try total("jobs_ended_total", [("kind", "upload"), ("outcome", "failed")])
                #expect(try total("jobs_started_total", [("kind", "upload")]) == 40 + failed)
                #expect(try metrics.expectMeter("s3cache_worker_jobs_running").lastValue == 0)
            }
        }
    }
}
