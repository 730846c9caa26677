import Adapters
import Core
import Postgres
import TestSupport
import Testing
import Worker

/// A worker that cannot renew its lease ends what it does to the bucket before another may do it again.
@Suite(.timeLimit(.minutes(15))) struct LeaseTests {
    /// A store whose uploads hang until they are cancelled.
    private struct HangingStore: ObjectStore {
        let base = MemoryStore()
        let started = Shared(0)
        let cancelled = Shared(0)
        var bucket: String { base.bucket }
        var listsFromAnyKey: Bool { base.listsFromAnyKey }
        var checksAbsence: Bool { base.checksAbsence }
        func list(_ request: ListingRequest) async throws -> ListingPage { try await base.list(request) }
        func head(_ key: ObjectKey) async throws -> ObjectSummary? { try await base.head(key) }
        func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? {
            try await base.read(key, limit: limit)
        }
        func open(_ key: ObjectKey) async throws -> ObjectStream? { try await base.open(key) }
        func put(
            _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
        ) async throws -> ObjectSummary {
            try await hang()
            return try await base.put(key, from: source, options, transfer)
        }
        func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
            try await base.copy(key, to: target, options)
        }
        func pendingUploads(prefix: String, after last: PendingUpload?, limit: Int) async throws -> [PendingUpload] {
            try await base.pendingUploads(prefix: prefix, after: last, limit: limit)
        }
        func abortUpload(_ id: String, of key: ObjectKey) async throws { try await base.abortUpload(id, of: key) }
        func delete(_ key: ObjectKey) async throws { try await base.delete(key) }
        func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
            try await base.presignedURL(of: key, lifetime: lifetime)
        }
        func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
            try await hang()
            return try await base.put(key, bytes, options)
        }
        private func hang() async throws {
            started.withLock { $0 += 1 }
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                cancelled.withLock { $0 += 1 }
                throw error
            }
        }
    }

    @Test func uploadIsBrokenOffWhileTheDatabaseDoesNotAnswer() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let store = HangingStore()
            var settings = WorkerSettings.small
            settings.lease = .seconds(4)
            try await rig.withWorker(store, settings: settings) {
                try await rig.session.run("select s3cache.upload('a', 'abc'::bytea)")
                try await waitUntil("it is sent") { store.started.value == 1 }
                // Heartbeats wait for this lock, for as long as it takes.
                let blocker = try await rig.newSession()
                try await blocker.run("begin")
                try await blocker.run("select from s3cache.worker for update")
                try await waitUntil("the upload is broken off") { store.cancelled.value == 1 }
                try await blocker.run("rollback")
                // The worker registers anew, and waits out what it sent.
                try await waitUntil("the job waits") {
                    try await rig.session.number(
                        "select count(*) from s3cache.job where state = 'waiting' and run_at > now() + interval '50 seconds'"
                    ) == 1
                }
                try await rig.session.run("select s3cache.cancel(id) from s3cache.job")
            }
        }
    }

    /// As on a connection that has fallen silent: libpq gives it up later than the lease ends.
    @Test func uploadIsBrokenOffBeforeAHeartbeatThatHangsIsGivenUp() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let store = HangingStore()
            var settings = WorkerSettings.small
            settings.lease = .seconds(4)
            let isSilent = Shared(false)
            var jobs = FailingJobs(rig.jobs)
            jobs.onHeartbeat = {
                while isSilent.value { await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value }
            }
            try await rig.withWorker(store, settings: settings, jobs: jobs) {
                try await rig.session.run("select s3cache.upload('a', 'abc'::bytea)")
                try await waitUntil("it is sent") { store.started.value == 1 }
                isSilent.withLock { $0 = true }
                try await waitUntil("the upload is broken off") { store.cancelled.value == 1 }
                isSilent.withLock { $0 = false }
                try await waitUntil("the job waits") {
                    try await rig.session.number("select count(*) from s3cache.job where state = 'waiting'") == 1
                }
                try await rig.session.run("select s3cache.cancel(id) from s3cache.job")
            }
        }
    }

    @Test func runningJobIsCancelledByANotificationAndNotByTheNextHeartbeat() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let store = HangingStore()
            var settings = WorkerSettings.small
            settings.lease = .seconds(3_600)
            try await rig.withWorker(store, settings: settings) {
                let id = try await rig.session.number("select s3cache.upload('a', 'abc'::bytea)")
                try await waitUntil("it is sent") { store.started.value == 1 }
                try await waitUntil("the worker listens") {
                    try await rig.session.number("select count(*) from s3cache.worker where listens") == 1
                }
                try await rig.session.run("select s3cache.cancel(\(id))")
                #expect(try await rig.session.wait(for: Int64(id)).state == "cancelled")
                #expect(store.cancelled.value == 1)
            }
        }
    }

    @Test func shortJobsNeedNotWaitForLongOnes() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let store = HookedStore(MemoryStore(), onRequest: { _, _ in try await Task.sleep(for: .seconds(600)) })
            var settings = WorkerSettings.small
            settings.concurrency = 3
            for cache in ["one", "two", "three", "four"] {
                try await rig.session.run("select s3cache.create_cache($1)", cache)
            }
            try await rig.withWorker(store, settings: settings) {
                for cache in ["one", "two", "three", "four"] {
                    try await rig.session.run("select s3cache.rebuild($1)", cache)
                }
                try await waitUntil("rebuilds fill what they may") {
                    try await rig.session.number("select count(*) from s3cache.job where state = 'running'") == 2
                }
                let id = try await rig.session.number("select s3cache.upload('a', 'abc'::bytea)")
                #expect(try await rig.session.wait(for: Int64(id)).state == "done")
                #expect(try await rig.session.number("select count(*) from s3cache.job where state = 'running'") == 2)
                try await rig.session.run("select s3cache.cancel(id) from s3cache.job")
            }
        }
    }

    @Test func scheduledRebuildRunsUnasked() async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made(["a", "b"]))
            try await rig.session.run("select s3cache.configure(rebuild_every => '1 hour')")
            try await rig.withWorker(store) {
                try await waitUntil("the table equals the bucket") {
                    try await rig.session.present() == store.expectedRows()
                }
            }
            #expect(try await rig.session.number("select count(*) from s3cache.jobs where kind = 'rebuild'") == 1)
        }
    }
}
