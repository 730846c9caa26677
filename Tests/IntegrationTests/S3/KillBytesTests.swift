import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// Workers are killed at random moments of rebuilds, uploads and deletions: each job ends once (I1), no file vanishes (I3),
/// no object is half, and table and bucket agree (I2), but for what others wrote and nobody has listed yet.
@Suite(.timeLimit(.minutes(15))) struct KillBytesTests {
    private static let rebuilds = 10
    private static let kills = 36
    private static let keptKeys = (0..<2_500).map { "kept/\(10_000 + $0)" }
    private static let options = ["--lease", "1", "--write-timeout", "1", "--slice-size", "1000"]

    private struct Tally: Sendable {
        var rebuilds: [Int64] = []
        var redeliveries = 0
        var looks = 0
        var written: [String] = []
        var isOver = false
    }

    @Test func killedWorkersLeaveNothingHalfDone() async throws {
        let executioner = Executioner()
        try await BucketSite.use(faults: { executioner.fault(for: $0) }) { site in
            try await site.bucket.fill(
                (Self.keptKeys + BytesWorkload.existingKeys).map { ($0, Array($0.utf8)) }, concurrency: 32)
            let before = try await site.bucket.store.everything(prefix: "kept/")
            let workload = BytesWorkload(uploads: 50, deletions: 50, seed: 11)
            let tally = Shared(Tally())

            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch(site, tally) }
                do {
                    try await work(site, site.proxy, executioner, workload, tally)
                } catch {
                    group.cancelAll()
                    throw error
                }
                let worker = try site.startWorker(options: Self.options)
                for id in tally.value.rebuilds + workload.ids {
                    let status = try await site.session.wait(for: id, deadline: .seconds(240))
                    #expect(status.state == "done" && status.id == id, "\(status)")
                }
                try await expectOneEndEach(site, tally.value.rebuilds + workload.ids)
                try await expectWhatWasAskedFor(site, workload)
                // Nobody has told the table of what others wrote; all else in it is true without another rebuild.
                let others = Set(tally.value.written)
                let objects = try await site.bucket.store.everything().filter { !others.contains($0.key.string) }
                let known = try await site.session.present().filter { row in
                    !others.contains(String(row.prefix { $0 != "|" }))
                }
                #expect(known == objects.map { "\($0.key.string)|\($0.size)|\($0.etag)" })
                #expect(objects.filter { $0.key.string.hasPrefix("kept/") }.map(\.etag) == before.map(\.etag))

                let last = try await site.session.wait(for: try await site.session.enqueueRebuild())
                #expect(last.state == "done" && last.count("updated") == 0 && last.count("removed") == 0, "\(last)")
                #expect(try await site.session.present() == site.bucket.store.expectedRows())
                #expect(
                    try await site.session.number("select count(*) from s3_image_cache where state <> 'present'") == 0)
                tally.withLock { $0.isOver = true }
                try await group.waitForAll()
                worker.send(SIGTERM)
                #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError.suffix(1_000))")
            }
            #expect(executioner.count >= 30)
            report(executioner, site.proxy, workload, tally.value)
        }
    }

    /// One worker after the other is killed while jobs are enqueued and others write into the bucket.
    private func work(
        _ site: BucketSite, _ proxy: FaultProxy, _ executioner: Executioner, _ workload: BytesWorkload,
        _ tally: Shared<Tally>
    ) async throws {
        var life = 0
        while executioner.count < Self.kills || !workload.isFinished || tally.value.rebuilds.count < Self.rebuilds {
            life += 1
            try #require(life < 120)
            let rebuilding = try await site.session.number("select count(*) from s3cache.job where kind = 'rebuild'")
            if rebuilding == 0, tally.value.rebuilds.count < Self.rebuilds {
                let id = try await site.session.enqueueRebuild()
                tally.withLock { $0.rebuilds.append(id) }
            }
            let worker = try site.startWorker(options: Self.options)
            let moment = Executioner.Moment.allCases[life % Executioner.Moment.allCases.count]
            let patience = 1 + life / 20
            async let death: Void = executioner.execute(worker, at: moment, behind: proxy, patience: patience)
            try await workload.enqueue(3, in: site.session)
            if life % 2 == 0 {
                let key = "others/\(life)"
                try await site.bucket.store.put(ObjectKey(key), Array(key.utf8))
                tally.withLock { $0.written.append(key) }
            }
            try await death
            // The same few jobs are hit again and again, on purpose: that is no poison.
            try await site.session.run("update s3cache.job set worker_deaths = 0")
            let begun = try await site.session.number("select count(*) from s3cache.job where state = 'running'")
            tally.withLock { $0.redeliveries += begun }
        }
    }

    /// A reader that sees every file that nobody touches at every look, from the end of the first rebuild on.
    private func watch(_ site: BucketSite, _ tally: Shared<Tally>) async throws {
        let reader = CacheSession(connection: try await site.site.database.connect())
        var isFilled = false
        while !tally.value.isOver {
            if isFilled {
                let seen = try await reader.number(
                    "select count(*) from s3_image_cache where filename ^@ 'kept/' and state = 'present'")
                #expect(seen == Self.keptKeys.count)
                tally.withLock { $0.looks += 1 }
            } else {
                isFilled =
                    try await reader.number("select count(*) from s3cache.job_history where kind = 'rebuild'") > 0
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func expectOneEndEach(_ site: BucketSite, _ ids: [Int64]) async throws {
        try await waitUntil("no job is left") { try await site.session.number("select count(*) from s3cache.job") == 0 }
        // The history's key is the id, so that one is there once or not at all.
        let ended = try await site.session.texts("select id || ' ' || state from s3cache.job_history order by id")
        #expect(ended == ids.sorted().map { "\($0) done" })
        try await site.session.run("select s3cache.prune_listings(1000000)")
        for table in ["staged_content", "rebuild_change", "rebuild_slice", "job_progress"] {
            #expect(try await site.session.number("select count(*) from s3cache.\(table)") == 0, "\(table)")
        }
    }

    /// Every key holds what the last job on it, by their ids, has left, and its row says so.
    private func expectWhatWasAskedFor(_ site: BucketSite, _ workload: BytesWorkload) async throws {
        for (key, bytes) in workload.expected {
            let object = try await site.bucket.store.read(ObjectKey(key), limit: 4_000_000)
            #expect(object?.bytes == bytes, "\(key)")
            let rows = try await site.session.texts(
                """
                select concat_ws('|', state, size, etag, content_type, floor(extract(epoch from last_modified)))
                from s3_image_cache where filename = $1
                """, key)
            let summary = object?.summary
            let expected = summary.map {
                "present|\($0.size)|\($0.etag)|\($0.contentType ?? "")|\($0.lastModified.microseconds / 1_000_000)"
            }
            #expect(rows == [expected].compactMap(\.self), "\(key)")
        }
        let wrongSums = try await site.session.texts(
            """
            select o.filename
            from s3_image_cache o
            join (
                select distinct on (h.args ->> 'filename') h.args
                from s3cache.job_history h where h.kind in ('upload', 'delete_object')
                order by h.args ->> 'filename', h.id desc
            ) last on last.args ->> 'filename' = o.filename
            where encode(o.sha256, 'hex') is distinct from last.args ->> 'sha256'
            """)
        #expect(wrongSums == [])
    }

    private func report(
        _ executioner: Executioner, _ proxy: FaultProxy, _ workload: BytesWorkload, _ tally: Tally
    ) {
        let moments = Executioner.Moment.allCases.map { "\($0) \(executioner.kills[$0] ?? 0)" }.joined(separator: ", ")
        let sent = ["PUT", "DELETE"].map { method in "\(proxy.count { $0.method == method }) \(method)" }
        print(
            "kill -9 among bytes: \(executioner.count) kills (\(moments)), \(workload.ids.count) uploads and deletions, "
                + "\(tally.rebuilds.count + 1) rebuilds, \(tally.redeliveries) redeliveries, "
                + "\(sent.joined(separator: ", ")), \(tally.written.count) writes of others, \(tally.looks) looks; "
                + "table and bucket agree")
    }
}
