import Adapters
import Core
import TestSupport
import Testing
import Worker

/// Several workers list one rebuild's bucket together.
@Suite(.timeLimit(.minutes(15))) struct SharedRebuildTests {
    private static let keys = (0..<2_000).map { "k/\(10_000 + $0)" }

    private static var settings: WorkerSettings {
        var settings = WorkerSettings.sliced(10)
        settings.listConcurrency = 2
        settings.sharedFrom = 20
        settings.inviteInterval = .zero
        settings.askInterval = .milliseconds(10)
        return settings
    }

    /// A store whose requests wait, from the tenth on, until there is another worker and, from the sixtieth on, until that wants
    /// some of the listing, or has refused to believe it.
    private func heldUp(
        _ base: any ObjectStore, _ rig: Rig, until isOpen: Shared<Bool> = Shared(false)
    ) async throws -> HookedStore {
        let session = try await rig.newSession()
        return HookedStore(
            base,
            onRequest: { count, _ in
                guard count >= 10, !isOpen.value else { return }
                guard count >= 60 else {
                    // Only slices that are kept make it ask others, so there must be some left when the other is there.
                    return try await waitUntil(deadline: .seconds(60), "there is another worker") {
                        try await session.number("select count(*) from s3cache.worker") >= 2
                    }
                }
                try await waitUntil(deadline: .seconds(60), "another worker wants to help") {
                    if isOpen.value { return true }
                    return try await session.number(
                        """
                        select count(*) from s3cache.rebuild_part p
                        join s3cache.rebuild_listing l using (job_id)
                        where p.part > 0 and (p.wanting or p.pages > 0 or l.distrusted or l.serial
                            or exists (select from s3cache.rebuild_range r where r.job_id = p.job_id and r.part = p.part))
                        """) > 0
                }
                isOpen.withLock { $0 = true }
            })
    }

    @Test(arguments: [true, false]) func idleWorkerHelpsAndEachKeyIsListedOnce(intoEmptyTable: Bool) async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), listsFromAnyKey: true)
            if !intoEmptyTable { try await rig.session.seedPresent(.made(["k/0", "k/2"] + Self.keys.prefix(50))) }
            let id = try await rig.session.enqueueRebuild()
            let status = try await rig.withWorker(try await heldUp(base, rig), settings: Self.settings) {
                try await waitUntil("the rebuild runs") {
                    try await rig.session.number("select count(*) from s3cache.job where state = 'running'") == 1
                }
                return try await rig.withWorker(base, settings: Self.settings) {
                    try await rig.session.wait(for: id, deadline: .seconds(120))
                }
            }
            #expect(status.state == "done", "\(status)")
            #expect(status.count("listed") == 2_000, "\(status)")
            #expect(try await rig.listing("workers") == 2)
            #expect(status.count("added") == (intoEmptyTable ? 2_000 : 1_950))
            #expect(try await rig.session.present() == base.expectedRows())
            try await waitUntil("the helper's job ends") {
                try await rig.session.number("select count(*) from s3cache.job") == 0
            }
            let helped = try await rig.session.texts("select state from s3cache.jobs where kind = 'rebuild_part'")
            #expect(helped == ["done"])
        }
    }

    /// What a helper had been given and not listed the others list.
    @Test(arguments: ["dies", "fails"]) func helperThatEndsEarlyLosesNothing(fate: String) async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), listsFromAnyKey: true)
            let helper = try await rig.register()
            let id = try await rig.session.enqueueRebuild()
            let isOpen = Shared(false)
            let store = try await heldUp(base, rig, until: isOpen)
            let status = try await rig.withWorker(store, settings: Self.settings) {
                try await waitUntil("the rebuild runs") {
                    try await rig.session.number("select count(*) from s3cache.job where state = 'running'") == 1
                }
                let part = Shared<Job?>(nil)
                try await waitUntil("it is asked to help") {
                    let claimed = try await rig.jobs.claim(for: helper, limit: 10, park: false, running: nil)
                    part.withLock { $0 = claimed.first }
                    return !claimed.isEmpty
                }
                guard let part = part.value else { throw TestFailure("there is no part") }
                try await waitUntil("it is given something") {
                    try await rig.caches.askForRanges(for: part) == .given
                }
                let plan = try await rig.caches.rebuildPlan(for: part)
                #expect(plan.rebuildID == id && plan.part == 1)
                #expect(try await rig.caches.rangesToList(for: part).isEmpty == false)
                isOpen.withLock { $0 = true }
                if fate == "dies" {
                    try await rig.session.run(
                        "update s3cache.worker set heartbeat_at = now() - interval '1 hour' where id = \(helper.rawValue)"
                    )
                } else {
                    _ = try await rig.jobs.fail(part, JobFailure(code: "x", message: "x", isRetryable: true))
                }
                let status = try await rig.session.wait(for: id, deadline: .seconds(120))
                await #expect(throws: (any Error).self) { _ = try await rig.caches.rangesToList(for: part) }
                return status
            }
            #expect(status.state == "done" && status.count("listed") == 2_000, "\(status)")
            #expect(try await rig.session.present() == base.expectedRows())
            let helped = try await rig.session.texts(
                "select state from s3cache.jobs where kind = 'rebuild_part' order by id")
            // Who failed was asked again, and did not answer.
            #expect(helped.first == (fate == "dies" ? "cancelled" : "failed"))
            #expect(
                helped.count <= (fate == "dies" ? 1 : 2) && helped.dropFirst().allSatisfy { $0 == "cancelled" },
                "\(helped)")
        }
    }

    /// Whoever failed is asked again, but not for ever; whoever has helped is not.
    @Test func helperThatFailedIsAskedAgain() async throws {
        try await Rig.use { rig in
            _ = try await rig.session.enqueueRebuild()
            let rebuild = try await rig.claim(.rebuild)
            _ = try await rig.caches.rebuildPlan(for: rebuild)
            let helper = try await rig.register()
            for _ in 0..<3 {
                #expect(try await rig.caches.inviteHelpers(for: rebuild) == 1)
                #expect(try await rig.caches.inviteHelpers(for: rebuild) == 0)
                let part = try await rig.claim(.rebuildPart, for: helper)
                _ = try await rig.jobs.fail(part, JobFailure(code: "x", message: "x", isRetryable: true))
            }
            #expect(try await rig.caches.inviteHelpers(for: rebuild) == 0)
            let other = try await rig.register()
            #expect(try await rig.caches.inviteHelpers(for: rebuild) == 1)
            _ = try await rig.jobs.complete(try await rig.claim(.rebuildPart, for: other), result: VerifyResult())
            #expect(try await rig.caches.inviteHelpers(for: rebuild) == 0)
        }
    }

    /// What a helper has seen the others must not disregard: all is listed anew, page after page.
    @Test func helperThatDistrustsTheBucketMakesTheRebuildBeginAnew() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), listsFromAnyKey: true)
            let misled = AlteredListing(base, listsFromAnyKey: true) { request in
                var request = request
                request.position = .start
                return try await base.list(request)
            }
            let id = try await rig.session.enqueueRebuild()
            let journal = Journal()
            let status = try await rig.withWorker(try await heldUp(base, rig), settings: Self.settings) {
                try await waitUntil("the rebuild runs") {
                    try await rig.session.number("select count(*) from s3cache.job where state = 'running'") == 1
                }
                return try await rig.withWorker(misled, settings: Self.settings, observe: journal.observe) {
                    try await rig.session.wait(for: id, deadline: .seconds(120))
                }
            }
            #expect(status.state == "done" && status.count("listed") == 2_000, "\(status)")
            #expect(journal.count { if case .listingSerial = $0 { true } else { false } } == 1)
            let result = try await rig.listing("ranges")
            #expect(result == 1)
            #expect(try await rig.session.present() == base.expectedRows())
        }
    }
}
