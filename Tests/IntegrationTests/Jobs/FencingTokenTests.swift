import Adapters
import Core
import TestSupport
import Testing

/// Whoever lost a claim can write nothing with it.
@Suite(.timeLimit(.minutes(15))) struct FencingTokenTests {
    /// A rebuild with staged differences whose worker died, and the claim of the one that has it now.
    private func withRescuedJob(_ body: (Rig, _ old: Job, _ new: Job) async throws -> Void) async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(["a", "gone"]))
            _ = try await rig.session.enqueueRebuild()
            let dead = try await rig.register(lease: .seconds(1))
            let old = try await rig.claim(.rebuild, for: dead)
            let plan = try await rig.caches.rebuildPlan(for: old)
            let slice = ComparedSlice(
                number: 0, fence: try await rig.caches.fence(), covered: [KeyInterval()],
                difference: CacheDiff(
                    listed: .made(["a", "b"]),
                    cached: try await rig.caches.rows(
                        of: plan.cacheID, in: [KeyRange(prefix: "", after: nil, upto: nil)], asOf: nil, limit: 10
                    ).parts[0], prefixLength: 0),
                prefixLength: 0, isDirect: false, counters: RebuildCounters(), seconds: 1)
            #expect(try await rig.caches.keep(slice, for: old, of: plan).isWritten == false)
            try await rig.session.run("update s3cache.worker set heartbeat_at = now() - interval '1 hour'")
            let new = try await rig.claim(.rebuild)
            #expect(new.id == old.id && new.token > old.token && new.attempt == 1)
            try await body(rig, old, new)
        }
    }

    @Test func oldTokenWritesNothingAndTheNewOneGoesOn() async throws {
        try await withRescuedJob { rig, old, new in
            let before = try await rig.session.dump()
            let plan = try await rig.caches.rebuildPlan(for: new)
            #expect(try await rig.caches.rangesToList(for: new).isEmpty)
            let fence = try await rig.caches.fence()
            let slice = ComparedSlice(
                number: 1, fence: fence, covered: [],
                difference: CacheDiff(listed: .made(["x"]), cached: [], prefixLength: 0), prefixLength: 0,
                isDirect: false, counters: RebuildCounters(), seconds: 1)
            var direct = slice
            direct.isDirect = true
            let caches = rig.caches
            let result = RebuildResult(RebuildTotals(counters: RebuildCounters(), workers: 1), seconds: 1)
            let writes: [(String, () async throws -> Void)] = [
                ("stage", { _ = try await caches.keep(slice, for: old, of: plan) }),
                (
                    "stage a part",
                    {
                        try await caches.stage(
                            slice.difference, prefixLength: 0, ofSlice: 1, for: old, of: plan)
                    }
                ),
                ("see what is left to list", { _ = try await caches.rangesToList(for: old) }),
                ("hand over", { _ = try await caches.handOver([], for: old) }),
                ("ask for ranges", { _ = try await caches.askForRanges(for: old) }),
                ("invite helpers", { _ = try await caches.inviteHelpers(for: old) }),
                ("distrust", { try await caches.distrustListing(of: old) }),
                ("begin anew", { try await caches.beginSerialListing(for: old) }),
                ("see totals", { _ = try await caches.totals(of: old) }),
                ("write directly", { _ = try await caches.keep(direct, for: old, of: plan) }),
                ("apply", { _ = try await caches.applyNextSlice(for: old) }),
                ("record orphans", { try await caches.recordOrphans(for: old) }),
                ("plan", { _ = try await caches.rebuildPlan(for: old) }),
                ("complete", { try await caches.complete(old, rebuilt: result) }),
                ("rows to verify", { _ = try await caches.rowsToVerify(for: old, after: nil, limit: 1) }),
                (
                    "record",
                    { _ = try await caches.record([VerifiedRow(filename: "a", object: nil)], fence: fence, for: old) }
                ),
                ("report", { try await rig.jobs.report(old, done: 99, total: nil) }),
            ]
            for (name, write) in writes {
                do {
                    try await write()
                    Issue.record("the old token may \(name)")
                } catch is ClaimLost {}
            }
            #expect(try await rig.jobs.complete(old, result: VerifyResult()) == false)
            #expect(try await rig.jobs.fail(old, JobFailure(code: "x", message: "x", isRetryable: false)) == false)
            #expect(try await rig.jobs.cancel(old) == false)
            #expect(try await rig.session.dump() == before)
            #expect(try await rig.session.status(of: new.id).state == "running")

            try await rig.run(new, try MemoryStore(sorted: .made(["a", "b"])))
            #expect(try await rig.session.status(of: new.id).state == "done")
            #expect(try await rig.session.filenames() == ["a", "b"])
        }
    }

    /// Nobody may take a job away in the middle of a write that had its claim checked.
    @Test func rescueWaitsForTheWriteThatHoldsTheClaim() async throws {
        try await withRescuedJob { rig, _, new in
            let writer = try await rig.newSession()
            try await writer.run("begin")
            try await writer.run("select s3cache.apply_slice(\(new.id), \(new.token))")
            try await rig.session.run("update s3cache.worker set heartbeat_at = now() - interval '1 hour'")
            let next = try await rig.register()
            #expect(try await rig.jobs.claim(for: next, limit: 10, park: false, running: nil).isEmpty)
            try await writer.run("commit")
            #expect(try await rig.claim(.rebuild, for: next).id == new.id)
        }
    }

    @Test func everyJobEndsOnceAndNeverTwice() async throws {
        try await withRescuedJob { rig, _, new in
            let ends = [
                try await rig.jobs.complete(new, result: VerifyResult()),
                try await rig.jobs.complete(new, result: VerifyResult()),
                try await rig.jobs.fail(new, JobFailure(code: "x", message: "x", isRetryable: true)),
            ]
            #expect(ends == [true, false, false])
            #expect(try await rig.session.number("select count(*) from s3cache.job_history") == 1)
            #expect(try await rig.session.number("select count(*) from s3cache.job") == 0)
        }
    }
}
