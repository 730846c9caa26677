import Adapters
import Core
import Foundation
import Synchronization
import TestSupport
import Testing
import Worker

/// A rebuild from an inventory makes the table what the report says, but for what is known from later.
@Suite(.timeLimit(.minutes(15))) struct InventoryRebuildTests {
    private typealias Row = InventoryReport.Row

    /// Enqueues a rebuild from the report and runs it; gives how it ended. A failed attempt is its end.
    private func rebuild(
        _ rig: Rig, _ report: InventoryReport, prefix: String? = nil, dryRun: Bool = false, force: Bool = false,
        caches: (any CacheStore)? = nil
    ) async throws -> JobStatus {
        let id = try await rig.session.enqueueRebuild(
            prefix: prefix, dryRun: dryRun, force: force, inventory: InventoryReport.location)
        try await run(rig, report, caches: caches)
        return try await rig.session.status(of: id)
    }

    private func run(_ rig: Rig, _ report: InventoryReport, caches: (any CacheStore)? = nil) async throws {
        try await rig.run(try await rig.claim(.rebuild), in: report, inventoryReader: report.reader, caches: caches)
    }

    private func use(prefix: String = "", _ body: (Rig) async throws -> Void) async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure(bucket => 'photos', prefix => $1)", prefix)
            try await body(rig)
        }
    }

    /// Rows as a rebuild of two days ago left them.
    private func seed(_ rig: Rig, _ names: [String]) async throws {
        try await rig.session.seedPresent(.made(names))
        try await rig.session.run(
            "update s3_image_cache set verified_at = now() - interval '2 days', storage_class = 'STANDARD'")
    }

    private func nothingIsLeft(_ rig: Rig) async throws -> Bool {
        _ = try await rig.jobs.pruneListings(limit: 1_000_000, from: nil)
        return try await rig.session.number(
            """
            select (select count(*) from s3cache.inventory_row) + (select count(*) from s3cache.rebuild_listed)
                + (select count(*) from s3cache.rebuild_listing) + (select count(*) from s3cache.rebuild_change)
            """) == 0
    }

    @Test(arguments: [true, false])
    func tableBecomesWhatTheReportSays(intoEmptyTable: Bool) async throws {
        try await use(prefix: "p/") { rig in
            if !intoEmptyTable {
                try await seed(rig, ["same", "changed", "unlisted"])
                try await rig.session.run(
                    "insert into s3_image_cache (filename, updated_at) values ('old', '2020-01-01')")
            }
            let names = ["z", "same", "é", "a b+c%20", "😀", "e\u{301}", "'\\\"", "old", "a", "A", "10", "9"]
            var rows = names.map { Row(key: "p/" + $0) }
            rows.append(Row(key: "p/changed", size: 7, etag: "new", storageClass: "GLACIER"))
            rows.append(Row(key: "p/"))
            rows.append(Row(key: "q/elsewhere"))
            rows.append(Row(key: "p/older", isLatest: false))
            rows.append(Row(key: "p/deleted", isDeleteMarker: true))
            rows.append(Row(key: "p/same", size: 9, etag: "before", isLatest: false))
            let report = try InventoryReport()
            try await report.write([Array(rows[..<4]), [], Array(rows[4..<9]), Array(rows[9...])])
            let status = try await rebuild(rig, report)
            #expect(status.state == "done", "\(status.error ?? "")")
            let unlisted = intoEmptyTable ? [] : ["unlisted|1|e"]
            let expected = (names.map { "\($0)|1|e" } + ["changed|7|new"] + unlisted).sorted {
                Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
            }
            #expect(try await Set(rig.session.present()) == Set(expected))
            #expect(status.count("listed") == names.count + 1 && status.count("removed") == 0)
            #expect(status.count("added") == (intoEmptyTable ? names.count + 1 : names.count - 2))
            #expect(status.count("updated") == (intoEmptyTable ? 0 : 2))
            #expect(
                try await rig.session.number(
                    """
                    select count(*) from s3_image_cache, s3cache.jobs
                    where verified_at = (result ->> 'as_of')::timestamptz and verified_at < now() - interval '1 hour'
                    """) == status.count("added") + status.count("updated"))
            #expect(try await nothingIsLeft(rig))
            // It is not what the bucket was seen to hold.
            #expect(try await rig.session.text("select last_rebuild_at::text from s3cache.stats()") == nil)
            let again = try await rebuild(rig, report)
            #expect(again.state == "done" && again.count("unchanged") == names.count + 1)
        }
    }

    @Test func onlyThePrefixIsCompared() async throws {
        try await use { rig in
            try await seed(rig, ["b/gone", "c/stays"])
            let report = try InventoryReport()
            try await report.write([[Row(key: "c/new"), Row(key: "b/new"), Row(key: "b"), Row(key: "a/new")]])
            let status = try await rebuild(rig, report, prefix: "b/", force: true)
            #expect(status.state == "done" && status.count("listed") == 1 && status.count("removed") == 1)
            #expect(try await rig.session.filenames() == ["b/new", "c/stays"])
        }
    }

    /// A filtered report looks like any other: only who insists has rows removed.
    @Test func unlistedRowsGoOnlyByForceAndADryRunShowsThem() async throws {
        try await use { rig in
            try await seed(rig, (0..<200).map { "n\($0)" })
            let report = try InventoryReport()
            try await report.write([(0..<20).map { Row(key: "n\($0)") } + [Row(key: "new")]])
            let before = try await rig.session.dump()
            let dry = try await rebuild(rig, report, dryRun: true)
            #expect(dry.state == "done" && dry.count("removed") == 180 && dry.count("added") == 1)
            #expect(
                try await rig.session.texts(
                    "select problem || ' ' || count(*) from s3cache.orphan group by problem order by 1")
                    == ["no row 1", "object gone 180"])
            #expect(try await rig.session.dump() == before)
            let kept = try await rebuild(rig, report)
            #expect(kept.state == "done" && kept.count("removed") == 0 && kept.count("unchanged") == 20)
            #expect(try await rig.session.filenames().count == 201)
            let forced = try await rebuild(rig, report, force: true)
            #expect(forced.state == "done" && forced.count("removed") == 180)
            #expect(try await rig.session.filenames().count == 21)
        }
    }

    @Test(arguments: [true, false])
    func whatIsKnownFromLaterIsNeitherOverwrittenNorRemovedNorBroughtBack(isDryRun: Bool) async throws {
        try await use { rig in
            let listed = ["verified", "written", "doubted", "gone", "known"]
            try await seed(rig, listed + listed.map { $0 + "-unlisted" })
            func change(_ name: String, _ assignments: String) async throws {
                try await rig.session.run(
                    "update s3_image_cache set \(assignments) where filename in ($1, $1 || '-unlisted')", name)
            }
            try await change("verified", "verified_at = now()")
            try await change("written", "last_modified = now()")
            try await change("doubted", "state = 'unverified'")
            try await change("gone", "state = 'missing', verified_at = now()")
            try await rig.session.run("insert into s3_image_cache (filename) values ('added')")
            try await rig.session.run(
                """
                insert into s3cache.tombstone (cache_id, filename, deleted_at)
                values (1, 'deleted', now()), (1, 'deleted-before', now() - interval '3 hours')
                """)
            let report = try InventoryReport()
            try await report.write([
                listed.map { Row(key: $0, size: 9, etag: "of the report") } + [
                    Row(key: "deleted"), Row(key: "deleted-before"),
                ]
            ])
            let kept = """
                select row_to_json(o)::text from s3_image_cache o where filename !~ '^(known|deleted)' order by 1
                """
            let before = try await rig.session.texts(kept)
            let all = try await rig.session.dump()
            let status = try await rebuild(rig, report, dryRun: isDryRun, force: !isDryRun)
            #expect(status.state == "done")
            #expect(try await rig.session.texts(kept) == before && before.count == 9)
            if isDryRun {
                #expect(try await rig.session.dump() == all)
                #expect(
                    try await rig.session.texts("select filename || ' ' || problem from s3cache.orphan order by 1")
                        == ["deleted-before no row", "known-unlisted object gone"])
            } else {
                #expect(
                    try await rig.session.texts(
                        "select filename from s3_image_cache where filename ~ '^(known|deleted)' order by 1")
                        == ["deleted-before", "known"])
                #expect(
                    try await rig.session.text("select etag from s3_image_cache where filename = 'known'")
                        == "of the report")
            }
        }
    }

    @Test func deletedObjectStaysAwayFromAnEmptyTable() async throws {
        try await use { rig in
            try await rig.session.run("insert into s3cache.tombstone (cache_id, filename) values (1, 'b')")
            let report = try InventoryReport()
            try await report.write([[Row(key: "b"), Row(key: "a")]])
            #expect(try await rebuild(rig, report).state == "done")
            #expect(try await rig.session.filenames() == ["a"])
        }
    }

    /// Written between being compared and being applied.
    @Test(arguments: [RebuildMoment.beforeRows, .afterRows, .beforeApply])
    func rowWrittenMeanwhileSurvives(writtenAt wanted: RebuildMoment) async throws {
        try await use { rig in
            try await seed(rig, ["a", "b"])
            let report = try InventoryReport()
            try await report.write([[Row(key: "a", etag: "old")]])
            let acted = Shared(false)
            let caches = HookedCaches(base: rig.caches) { moment in
                guard moment == wanted, !acted.value else { return }
                acted.withLock { $0 = true }
                try await rig.session.run("update s3_image_cache set etag = 'newest', verified_at = now()")
            }
            #expect(try await rebuild(rig, report, force: true, caches: caches).state == "done" && acted.value)
            #expect(try await rig.session.present() == ["a|1|newest", "b|1|newest"])
        }
    }

    @Test func reportOlderThanTheLastRebuildIsRefused() async throws {
        try await use { rig in
            let report = try InventoryReport(of: .made(["a"]))
            try await report.write([[Row(key: "gone since")]])
            #expect(try await rig.rebuild(report.photos).state == "done")
            let refused = try await rebuild(rig, report)
            #expect(refused.state == "failed" && refused.code == "inventory_outdated" && refused.retryable == "false")
            #expect(try await rig.session.filenames() == ["a"])
            try await rig.session.run(
                "update s3cache.cache_state set deletions_forgotten_at = now() - interval '2 hours'")
            #expect(try await rebuild(rig, report).state == "done")
        }
    }

    @Test func reportOlderThanForgottenDeletionsIsRefused() async throws {
        try await use { rig in
            try await rig.session.run(
                """
                insert into s3cache.tombstone (cache_id, filename, deleted_at) values
                    (1, 'deleted', now() - interval '3 days')
                """)
            let report = try InventoryReport(of: .made(["part/a"]))
            #expect(try await rig.rebuild(report.photos, prefix: "part/").state == "done")
            #expect(try await rig.jobs.pruneTombstones(limit: 10, from: nil).count == 1)
            try await report.write([[Row(key: "deleted")]], createdAt: .now - 4 * 86_400)
            #expect(try await rebuild(rig, report).code == "inventory_outdated")
            try await report.write([[Row(key: "new")]], createdAt: .now - 2 * 86_400)
            #expect(try await rebuild(rig, report).state == "done")
            #expect(try await rig.session.filenames() == ["new", "part/a"])
        }
    }

    /// What is wrong with a report.
    enum Fault: String, CaseIterable, Sendable {
        case changedFile, cutFile, missingFile, missingManifest, noManifest, parquet, otherBucket, missingField
        case badRow, twice

        var code: String {
            switch self {
            case .changedFile, .cutFile: "checksum_mismatch"
            case .missingFile, .missingManifest: "no_such_key"
            case .noManifest, .badRow, .twice: "inventory_malformed"
            case .parquet, .missingField: "inventory_unsupported"
            case .otherBucket: "inventory_wrong_bucket"
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func spoiltReportFailsTheJobWithItsReasonAndChangesNothing(_ fault: Fault) async throws {
        try await use { rig in
            try await seed(rig, ["a", "b"])
            let report = try InventoryReport()
            var rows = (0..<100).map { Row(key: "k\($0)") }
            if fault == .badRow { rows[60].size = -1 }
            if fault == .twice { rows.append(Row(key: "k7", etag: "again")) }
            try await report.write([Array(rows[..<50]), Array(rows[50...])]) { manifest in
                func replace(_ old: String, by new: String) {
                    manifest = manifest.replacingOccurrences(of: old, with: new)
                }
                switch fault {
                case .noManifest: manifest = "[]"
                case .parquet: replace("\"CSV\"", by: "\"Parquet\"")
                case .otherBucket: replace("\"photos\"", by: "\"others\"")
                case .missingField: replace("ETag, ", by: "")
                default: break
                }
            }
            let last = ObjectKey(InventoryReport.fileKey(1))
            let bytes = try await report.reports.get(last, limit: 1 << 20) ?? []
            switch fault {
            case .changedFile: try await report.reports.put(last, bytes.enumerated().map { $0 == 30 ? $1 ^ 1 : $1 })
            case .cutFile: try await report.reports.put(last, Array(bytes.dropLast()))
            case .missingFile: try await report.reports.delete(last)
            case .missingManifest: try await report.reports.delete("photos/daily/manifest.json")
            default: break
            }
            let before = try await rig.session.dump()
            let status = try await rebuild(rig, report, force: true)
            #expect(status.state == (fault.code == "checksum_mismatch" ? "waiting" : "failed"))
            #expect(status.code == fault.code, "\(status.error ?? "")")
            #expect(try await rig.session.dump() == before)
            try await rig.session.run("select s3cache.cancel(\(status.id))")
            #expect(try await nothingIsLeft(rig))
        }
    }

    /// The second attempt needs the files no more; what the first has compared counts.
    @Test func attemptThatDiedAfterStagingGoesOn() async throws {
        try await use { rig in
            try await seed(rig, ["stays"])
            let report = try InventoryReport()
            try await report.write([(0..<50).map { Row(key: "k\($0)") }])
            try await rig.session.recordProgress()
            let kept = Shared(0)
            let caches = HookedCaches(base: rig.caches) { moment in
                guard moment == .afterKeep else { return }
                let count = kept.withLock { count in
                    count += 1
                    return count
                }
                if count == 5 { throw JobFailure(code: "internal", message: "Killed.", isRetryable: true) }
            }
            let died = try await rebuild(rig, report, caches: caches)
            #expect(died.state == "waiting")
            try await report.reports.delete(ObjectKey(InventoryReport.fileKey(0)))
            try await rig.session.run("select s3cache.retry(\(died.id))")
            try await run(rig, report)
            let status = try await rig.session.status(of: died.id)
            #expect(status.state == "done" && status.attempt == 2 && status.count("listed") == 50)
            // Nothing is done before the report is compared.
            #expect(try await rig.session.number("select min(done) from public.seen where total is not null") == 0)
            #expect(try await rig.session.fallsOfProgress(from: 0) == 0)
            #expect(try await rig.session.filenames().count == 51)
        }
    }

    @Test func attemptThatDiedWhileStagingBeginsAnew() async throws {
        try await use { rig in
            let report = try InventoryReport()
            try await report.write([(0..<20).map { Row(key: "k\($0)") }, [Row(key: "z")]])
            let file = ObjectKey(InventoryReport.fileKey(1))
            let bytes = try await report.reports.get(file, limit: 1 << 20) ?? []
            try await report.reports.put(file, bytes + [0])
            let died = try await rebuild(rig, report)
            #expect(died.state == "waiting" && died.code == "checksum_mismatch")
            try await report.reports.put(file, bytes)
            try await rig.session.run("select s3cache.retry(\(died.id))")
            try await run(rig, report)
            #expect(try await rig.session.status(of: died.id).state == "done")
            #expect(try await rig.session.filenames().count == 21)
        }
    }

    @Test func bucketsWithoutInventoriesSaySo() async throws {
        try await use { rig in
            let report = try InventoryReport()
            let id = try await rig.session.enqueueRebuild(inventory: InventoryReport.location)
            try await rig.run(try await rig.claim(.rebuild), in: report, inventoryReader: nil)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "inventory_unsupported")
            #expect(status.error?.contains("local directory") == true)
        }
    }

    @Test(arguments: [
        "", "bucket/key", "s3://", "s3://bucket", "s3://bucket/", "https://bucket/manifest.json", "s3:///key",
    ])
    func whatIsNoLocationIsRefusedAtOnce(location: String) async throws {
        try await Rig.use { rig in
            _ = await #expect(throws: (any Error).self) {
                try await rig.session.enqueueRebuild(inventory: location)
            }
        }
    }
}
