import BucketSupport
import TestSupport
import Worker

extension Rig {
    /// Runs `body` beside a whole worker on a bucket of RGW, reached through a proxy that does what `faults` says. A transfer
    /// may stand still for `stall`, and retries are not far apart, so that a fault passes soon.
    static func useBucket(
        settings: WorkerSettings = .small, stall: Duration? = nil,
        faults: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault = { _ in .none },
        _ body: @escaping @Sendable (Rig, TestBucket, FaultProxy) async throws -> Void
    ) async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            try await TestBucket.use(on: .rgw) { bucket in
                let proxy = try FaultProxy(upstream: bucket.server.endpoint, choose: faults)
                let store = try bucket.store(at: proxy.origin, stall: stall, longestPause: .milliseconds(300))
                try await rig.withWorker(store, settings: settings) { try await body(rig, bucket, proxy) }
            }
        }
    }
}
