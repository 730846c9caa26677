import BucketSupport
import Core
import TestSupport
import Testing
import Worker

/// `s3cache.cancel()` ends a job at once also while it waits for a server that would keep it waiting for good.
@Suite(.timeLimit(.minutes(15))) struct CancelTransferTests {
    /// What keeps a job from its end.
    enum Wait: CaseIterable, Sendable {
        case upload, uploadsAnswer, download, listing, retryAfter, othersThrottle

        var job: String {
            switch self {
            case .upload, .uploadsAnswer, .retryAfter: "select s3cache.upload('new', repeat('x', 3000000)::bytea)"
            case .download: "select s3cache.read('big')"
            case .listing, .othersThrottle: "select s3cache.rebuild()"
            }
        }

        func fault(_ request: FaultProxy.Request) -> FaultProxy.Fault {
            switch self {
            case .upload: request.method == "PUT" ? .stall(.beforeRequest) : .none
            case .uploadsAnswer: request.method == "PUT" ? .stall(.afterRequest) : .none
            case .download: request.method == "GET" ? .stall(.inBody(after: 100_000)) : .none
            case .listing: .stall(.inBody(after: 10))
            case .retryAfter, .othersThrottle:
                .status(503, headers: [("Retry-After", "60")], body: PassingFault.error("SlowDown"))
            }
        }
    }

    @Test(arguments: Wait.allCases) func jobIsCancelledWhileItWaits(_ wait: Wait) async throws {
        let isFaulty = Shared(false)
        var settings = WorkerSettings.small
        // Nor does it end with a lease, a poll or a heartbeat.
        settings.lease = .seconds(3_600)
        settings.pollInterval = .seconds(3_600)
        try await Rig.useBucket(
            settings: settings, stall: .seconds(3_600), faults: { isFaulty.value ? wait.fault($0) : .none }
        ) { rig, bucket, proxy in
            try await bucket.store.put("big", [UInt8](repeating: 7, count: 3_000_000))
            try await waitUntil("the worker listens") {
                try await rig.session.number("select count(*) from s3cache.worker where parked and listens") == 1
            }
            isFaulty.withLock { $0 = true }
            if wait == .othersThrottle {
                let first = try await rig.session.number("select s3cache.read('big')")
                try await waitUntil("another job was throttled") { proxy.count() >= 1 }
                try await rig.session.run("select s3cache.cancel(\(first))")
                #expect(try await rig.session.wait(for: Int64(first)).state == "cancelled")
            }
            let seen = proxy.count()
            let id = Int64(try await rig.session.number(wait.job))
            try await waitUntil("it waits") {
                let status = try await rig.session.status(of: id)
                return status.state == "running" && (wait == .othersThrottle || proxy.count() > seen)
            }
            try await rig.session.run("select s3cache.cancel(\(id))")
            let status = try await rig.session.wait(for: id, deadline: .seconds(45))
            #expect(status.state == "cancelled", "\(status)")
            isFaulty.withLock { $0 = false }
        }
    }
}
