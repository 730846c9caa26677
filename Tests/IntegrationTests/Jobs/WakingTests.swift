import Adapters
import Core
import TestSupport
import Testing
import Worker

/// A worker looks for work when there is some, and not when the next poll is due.
@Suite(.timeLimit(.minutes(15))) struct WakingTests {
    /// Nothing but what is to be shown wakes such a worker.
    private var patient: WorkerSettings {
        var settings = WorkerSettings.small
        settings.pollInterval = .seconds(3_600)
        settings.deafPollInterval = .seconds(3_600)
        settings.lease = .seconds(3_600)
        return settings
    }

    @Test func retryBeginsWhenItIsDue() async throws {
        try await Rig.use { rig in
            let tries = Shared(0)
            let store = HookedStore(
                MemoryStore(),
                onRequest: { _, _ in
                    let isFirst = tries.withLock { tries in
                        tries += 1
                        return tries < 3
                    }
                    if isFirst { throw StoreError(.unavailable, "Not now.", operation: "ListObjectsV2", bucket: "b") }
                })
            let jobs = FailingJobs(rig.jobs)
            try await rig.withWorker(store, settings: patient, jobs: jobs) {
                let id = try await rig.session.enqueueRebuild()
                let status = try await rig.session.wait(for: id)
                #expect(status.state == "done" && status.attempt == 3)
                // From here on nothing waits, and nobody asks.
                try await waitUntil("it is idle") {
                    try await rig.session.number("select count(*) from s3cache.worker where parked") == 1
                }
            }
            #expect((1...20).contains(jobs.asked.value), "\(jobs.asked.value)")
        }
    }

    @Test func oneWaitingJobOfAnotherWorkerIsDoneWhenItIsDue() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            let other = try await rig.claim(.rebuild)
            _ = try await rig.jobs.fail(other, JobFailure(code: "x", message: "Not now.", isRetryable: true))
            try await rig.withWorker(MemoryStore(), settings: patient) {
                let status = try await rig.session.wait(for: id)
                #expect(status.state == "done")
            }
        }
    }

    @Test func claimThatFailedIsRepeatedSoon() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.enqueueRebuild()
            let jobs = FailingJobs(rig.jobs, failures: 3)
            let journal = Journal()
            try await rig.withWorker(MemoryStore(), settings: patient, jobs: jobs, observe: journal.observe) {
                let status = try await rig.session.wait(for: id)
                #expect(status.state == "done")
            }
            #expect(journal.count { if case .databaseUnavailable = $0 { true } else { false } } == 3)
        }
    }
}
