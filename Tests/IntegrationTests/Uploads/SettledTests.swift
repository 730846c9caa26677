import Adapters
import BucketSupport
import Core
import TestSupport
import Testing
import Worker

/// What the row of an upload says is what the bucket says, also where the bucket was not asked; and whoever waits for the row to be
/// written holds up nobody.
@Suite(.timeLimit(.minutes(15))) struct SettledTests {
    @Test func aBucketIsNotAskedForEachOfManyObjectsAndRowsSayWhatItWouldHaveSaid() async throws {
        let asked = Shared((puts: 0, heads: 0))
        try await Rig.useBucket(faults: { request in
            asked.withLock { asked in
                if request.method == "PUT" { asked.puts += 1 }
                if request.method == "HEAD" { asked.heads += 1 }
            }
            return .none
        }) { rig, bucket, _ in
            let began = ContinuousClock.now
            var count = 0
            // Over several turns of a second, whatever the speed of this machine.
            while ContinuousClock.now - began < .seconds(4) {
                try await rig.session.run(
                    """
                    select s3cache.upload(format('%s.txt', g), convert_to(g::text, 'UTF8'),
                        content_type => case when g % 2 = 0 then 'text/plain; charset=utf-8' else 'text/plain' end)
                    from generate_series(\(count), \(count + 49)) g
                    """)
                count += 50
                try await waitUntil("these are stored") {
                    try await rig.session.number("select count(*) from s3_image_cache where state = 'present'") == count
                }
            }
            #expect(asked.value.puts == count)
            #expect(asked.value.heads < count, "\(asked.value.heads) of \(count)")
            let rows = try await rig.session.texts(
                """
                select concat_ws(' ', filename, size, etag, (extract(epoch from last_modified) * 1000000)::bigint, storage_class, content_type)
                from s3_image_cache order by filename collate "C"
                """)
            var said: [String] = []
            for number in 0..<count {
                let seen = try #require(try await bucket.store.head(ObjectKey("\(number).txt")))
                said.append(
                    "\(number).txt \(seen.size) \(seen.etag) \(seen.lastModified.microseconds) \(seen.storageClass ?? "") "
                        + (seen.contentType ?? ""))
            }
            #expect(rows == said.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
    }

    /// Settings with which one job runs at a time.
    private var single: WorkerSettings {
        var settings = WorkerSettings.small
        settings.concurrency = 1
        return settings
    }

    private static func upload(_ name: String) -> String {
        "select s3cache.upload('\(name)', 'abc', content_type => 'text/plain')"
    }

    /// A user whose transaction holds the row of held.txt.
    private func holdingRow(_ rig: Rig) async throws -> CacheSession {
        try await rig.session.takeAnything()
        try await rig.session.run("insert into s3_image_cache (filename, state) values ('held.txt', 'present')")
        let user = try await rig.newSession()
        try await user.run("begin")
        try await user.run("update s3cache.object set state = state where filename = 'held.txt'")
        return user
    }

    @Test func anUploadThatWaitsForItsRowLeavesItsPlaceToOthers() async throws {
        try await Rig.use { rig in
            let user = try await holdingRow(rig)
            let store = MemoryStore()
            try await rig.withWorker(store, settings: single) {
                let held = try await rig.session.number(Self.upload("held.txt"))
                try await waitUntil("it is stored") { try await store.head("held.txt") != nil }
                let other = try await rig.session.number(Self.upload("other.txt"))
                #expect(try await rig.session.wait(for: Int64(other)).state == "done")
                #expect(try await rig.session.status(of: Int64(held)).state == "running")
                try await user.run("rollback")
                #expect(try await rig.session.wait(for: Int64(held)).state == "done")
            }
        }
    }

    @Test func anUploadThatIsUnwantedWhenItHasEndedIsDone() async throws {
        try await Rig.use { rig in
            let user = try await holdingRow(rig)
            let store = MemoryStore()
            let ends = Shared<[String]>([])
            let observe: Observe = { observation in
                switch observation {
                case .jobDone: ends.withLock { $0.append("done") }
                case .claimLost: ends.withLock { $0.append("lost") }
                case .jobCancelled: ends.withLock { $0.append("cancelled") }
                default: break
                }
            }
            // As a heartbeat does that is answered after the end was written and before the worker has heard of that.
            let (isUnwanted, told) = (Shared(false), Shared(0))
            var jobs = FailingJobs(rig.jobs)
            jobs.unwanted = { running in
                guard isUnwanted.value else { return [] }
                told.withLock { $0 += 1 }
                return running
            }
            var settings = single
            settings.lease = .seconds(12)
            settings.settleTime = .seconds(600)
            try await rig.withWorker(store, settings: settings, jobs: jobs, observe: observe) {
                let held = try await rig.session.number(Self.upload("held.txt"))
                try await waitUntil("it is stored") { try await store.head("held.txt") != nil }
                isUnwanted.withLock { $0 = true }
                // The second one comes after the first has been heeded.
                try await waitUntil("it was to be stopped") { told.value > 1 }
                try await user.run("rollback")
                #expect(try await rig.session.wait(for: Int64(held)).state == "done")
                try await waitUntil("the worker has heard so") { !ends.value.isEmpty }
            }
            #expect(ends.value == ["done"])
        }
    }
}
