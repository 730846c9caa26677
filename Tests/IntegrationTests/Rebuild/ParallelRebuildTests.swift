import Adapters
import Core
import TestSupport
import Testing
import Worker

/// Rebuilds that list many ranges at once.
@Suite(.timeLimit(.minutes(15))) struct ParallelRebuildTests {
    private static let folders = ["a", "dir/sub/", "img/2024/", "x", "é", "日本/"]
    private static let keys = (0..<600).map { "\(folders[$0 % 6])\($0 * 7_919 % 10_007)" }

    @Test(arguments: [1, 2, 8, 64]) func tableEqualsBucketWhateverTheConcurrency(concurrency: Int) async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made(Self.keys), listsFromAnyKey: true)
            try await rig.session.seedPresent(.made(["b", "dir/sub/5x", "zz", "日本/0"] + Self.keys.prefix(40)))
            var settings = WorkerSettings.sliced(10)
            settings.listConcurrency = concurrency
            let status = try await rig.rebuild(store, force: true, settings: settings)
            #expect(status.state == "done", "\(status.error ?? "")")
            #expect(["listed", "added", "removed"].map { status.count($0) } == [600, 560, 4])
            let ranges = try await rig.listing("ranges")
            #expect(concurrency == 1 ? ranges == 1 : ranges > 1)
            #expect(status.count("pages") < 400)
            #expect(try await rig.session.present() == store.expectedRows())
            _ = try await rig.jobs.pruneListings(limit: 1_000_000, from: nil)
            for table in ["listing", "part", "range", "slice", "change"] {
                #expect(try await rig.session.number("select count(*) from s3cache.rebuild_\(table)") == 0)
            }
        }
    }

    /// The time is counted once, although the checkpoint has most of it when the listing ends.
    @Test func secondsAreThoseThatPassed() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), pageLimit: 100)
            let store = AlteredListing(base, listsFromAnyKey: true) { request in
                try await Task.sleep(for: .milliseconds(30))  // A bucket far away.
                return try await base.list(request)
            }
            let clock = ContinuousClock()
            let began = clock.now
            let status = try await rig.rebuild(store, settings: .sliced(100))
            #expect(try .seconds(#require(status.counts["seconds"])) <= clock.now - began, "\(status)")
        }
    }

    /// A listing that begins where it likes, or that loses the key behind one that does not exist, is noticed by the probe.
    @Test(arguments: ["ignores start-after", "skips a key"], [true, false])
    func bucketThatDoesNotListFromAnyKeyIsListedPageAfterPage(fault: String, intoEmptyTable: Bool) async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), pageLimit: 10)
            let existing = Set(Self.keys)
            let store = AlteredListing(base, listsFromAnyKey: true) { request in
                var request = request
                switch request.position {
                case .start: break
                case .continuation(let key): request.position = .after(ObjectKey(key))
                case .after(let key):
                    if fault == "ignores start-after" {
                        request.position = .start
                    } else if !existing.contains(key.string), let next = try await base.list(request).objects.first {
                        request.position = .after(next.key)
                    }
                }
                var page = try await base.list(request)
                if page.next != nil, let last = page.objects.last { page.next = .continuation(last.key.string) }
                return page
            }
            if !intoEmptyTable { try await rig.session.seedPresent(.made(["b", "zz"])) }
            let journal = Journal()
            let id = try await rig.session.enqueueRebuild()
            let job = try await rig.claim(.rebuild)
            try await rig.handlers(store, settings: .sliced(10), observe: journal.observe)[.rebuild]?.run(job)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "done" && status.count("listed") == 600, "\(status)")
            #expect(try await rig.listing("ranges") == 1)
            #expect(try await rig.session.present() == base.expectedRows())
            #expect(journal.count { if case .listingSerial = $0 { true } else { false } } == 1)
        }
    }

    /// Keys that are written beside the probe, behind the very key that it asks behind, tell nothing against the bucket.
    @Test func writeBesideTheProbeDoesNotMakeTheListingSerial() async throws {
        try await Rig.use { rig in
            let keys = (0..<600).map { "k/\(10_000 + $0)" }
            let base = try MemoryStore(sorted: .made(keys), pageLimit: 10, listsFromAnyKey: true)
            let isWritten = Shared(false)
            let store = HookedStore(
                base,
                onRequest: { number, _ in
                    if number == 2 {
                        try await base.put("k/100011", [1])
                        isWritten.withLock { $0 = true }
                    } else if number > 2 {
                        try await waitUntil("the key is written") { isWritten.value }
                    }
                })
            let journal = Journal()
            let id = try await rig.session.enqueueRebuild()
            let job = try await rig.claim(.rebuild)
            try await rig.handlers(store, settings: .sliced(10), observe: journal.observe)[.rebuild]?.run(job)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "done" && (600...601).contains(status.count("listed")), "\(status)")
            #expect(journal.count { if case .listingSerial = $0 { true } else { false } } == 0)
            #expect(try await rig.listing("ranges") > 1)
        }
    }

    /// Nor do they where everything has been listed when the probe is answered: there is no other page then to try it again with.
    @Test(arguments: [JobKind.rebuild, .rebuildPart])
    func writeBesideTheLastProbeDoesNotMakeTheListingSerial(lister: JobKind) async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(
                sorted: .made((0..<15).map { "k/\(10_000 + $0)" }), pageLimit: 10, listsFromAnyKey: true)
            let session = try await rig.newSession()
            let probed = Shared<Set<String>>([])
            let store = HookedStore(
                base,
                onRequest: { _, request in
                    // Behind the second key of the first page, and between it and the third.
                    guard case .after(let key) = request.position, ["k/10001", "k/100010"].contains(key.string),
                        probed.withLock({ $0.insert(key.string).inserted })
                    else { return }
                    try await base.put("k/100011", [1])
                    try await waitUntil("everything has been listed") {
                        try await session.number("select coalesce(sum(listed), 0)::bigint from s3cache.rebuild_part")
                            == 15
                    }
                })
            let journal = Journal()
            let id = try await rig.session.enqueueRebuild()
            let rebuild = try await rig.claim(.rebuild)
            let handlers = rig.handlers(store, settings: .sliced(10), observe: journal.observe)
            if lister == .rebuildPart {
                _ = try await rig.caches.rebuildPlan(for: rebuild)
                let helper = try await rig.register()
                #expect(try await rig.caches.inviteHelpers(for: rebuild) == 1)
                let part = try await rig.claim(.rebuildPart, for: helper)
                #expect(try await rig.caches.askForRanges(for: part) == .wait)
                #expect(try await rig.caches.handOver([KeyInterval()], for: rebuild))
                try await handlers[.rebuildPart]?.run(part)
            }
            try await handlers[.rebuild]?.run(rebuild)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "done" && status.count("listed") == 15, "\(status)")
            #expect(probed.value.count == 2)
            #expect(journal.count { if case .listingSerial = $0 { true } else { false } } == 0)
        }
    }

    /// What the first attempt found out about the bucket holds for the next: it lists many ranges from its first request on.
    @Test func nextAttemptTrustsTheBucketAtOnce() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), pageLimit: 10, listsFromAnyKey: true)
            let failing = HookedStore(
                base,
                onRequest: { number, _ in
                    guard number > 30 else { return }
                    throw StoreError(.unavailable, "It is away.", operation: "ListObjectsV2", bucket: "memory")
                })
            try await rig.session.seedPresent(.made(["b", "zz"]))
            // Slices of many pages: with enough to keep nobody guesses where else there may be keys.
            #expect(try await rig.rebuild(failing, settings: .sliced(100)).state == "waiting")
            #expect(try await rig.session.number("select count(*) from s3cache.rebuild_range") > 3)
            try await rig.session.run("update s3cache.job set run_at = now()")
            let next = try await rig.claim(.rebuild)
            let requests = Shared(0)
            let store = HookedStore(
                base,
                onRequest: { _, _ in
                    requests.withLock { $0 += 1 }
                    try await waitUntil("another request is under way") { requests.value >= 2 }
                })
            try await rig.run(next, store, settings: .sliced(10))
            #expect(try await rig.session.status(of: next.id).state == "done")
            #expect(try await rig.session.present() == base.expectedRows())
        }
    }

    /// However many ranges are left by attempts that were cut off: as long as no probe was answered, nothing is known.
    @Test func manyRangesLeftAreNoProof() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), pageLimit: 10)
            let existing = Set(Self.keys)
            let store = AlteredListing(base, listsFromAnyKey: true) { request in
                var request = request
                switch request.position {
                case .start: break
                case .continuation(let key): request.position = .after(ObjectKey(key))
                case .after(let key):
                    if !existing.contains(key.string), let next = try await base.list(request).objects.first {
                        request.position = .after(next.key)
                    }
                }
                var page = try await base.list(request)
                if page.next != nil, let last = page.objects.last { page.next = .continuation(last.key.string) }
                return page
            }
            try await rig.session.seedPresent(.made(["b", "zz"]))
            _ = try await rig.session.enqueueRebuild()
            let job = try await rig.claim(.rebuild)
            _ = try await rig.caches.rebuildPlan(for: job)
            let sorted = Self.keys.map { ObjectKey($0) }.sorted().map(\.string)
            try await rig.session.run("delete from s3cache.rebuild_range")
            for place in stride(from: 0, to: 600, by: 30) {
                try await rig.session.run(
                    """
                    insert into s3cache.rebuild_range (job_id, part, after, upto)
                    values (\(job.id), 0, nullif($1, ''), nullif($2, ''))
                    """, place == 0 ? "" : sorted[place], place + 30 < 600 ? sorted[place + 30] : "")
            }
            let journal = Journal()
            try await rig.handlers(store, settings: .sliced(10), observe: journal.observe)[.rebuild]?.run(job)
            #expect(try await rig.session.status(of: job.id).state == "done")
            #expect(try await rig.session.present() == base.expectedRows())
            #expect(journal.count { if case .listingSerial = $0 { true } else { false } } == 1)
        }
    }

    /// What users see of it never falls, also where an attempt was cut off that had listed more than it could keep.
    @Test func progressGoesOnWhereTheLastAttemptStopped() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), pageLimit: 10, listsFromAnyKey: true)
            let failing = HookedStore(
                base,
                onRequest: { number, _ in
                    guard number > 40 else { return }
                    throw StoreError(.unavailable, "It is away.", operation: "ListObjectsV2", bucket: "memory")
                })
            try await rig.session.seedPresent(.made(["b", "zz"]))
            #expect(try await rig.rebuild(failing, settings: .sliced(10)).state == "waiting")
            let kept = try await rig.session.number("select sum(listed)::bigint from s3cache.rebuild_part")
            let shown = try await rig.session.number("select max(done) from s3cache.jobs")
            #expect(kept > 100 && shown > 100)
            try await rig.session.run("update s3cache.job set run_at = now()")
            let next = try await rig.claim(.rebuild)
            #expect(try await rig.caches.rebuildPlan(for: next).listed == kept)
            try await rig.session.recordProgress()
            try await rig.run(next, base, settings: .sliced(10))
            #expect(try await rig.session.status(of: next.id).state == "done")
            #expect(try await rig.session.number("select count(*) from public.seen") > 1)
            #expect(try await rig.session.fallsOfProgress(from: shown) == 0)
        }
    }

    /// Such a bucket cannot be listed on from where an attempt was cut off: the next one begins anew.
    @Test func listingPageAfterPageThatIsCutBeginsAnew() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), pageLimit: 10)
            let isCut = Shared(true)
            let store = AlteredListing(base, listsFromAnyKey: true) { request in
                var request = request
                switch request.position {
                case .start: break
                case .after: request.position = .start
                case .continuation(let key):
                    if isCut.value, key > "e" {
                        isCut.withLock { $0 = false }
                        throw StoreError(.unavailable, "It is away.", operation: "ListObjectsV2", bucket: "memory")
                    }
                    request.position = .after(ObjectKey(key))
                }
                var page = try await base.list(request)
                if page.next != nil, let last = page.objects.last { page.next = .continuation(last.key.string) }
                return page
            }
            try await rig.session.seedPresent(.made(["b", "zz"]))
            let status = try await rig.rebuild(store, settings: .sliced(10))
            #expect(status.state == "waiting" && !isCut.value, "\(status)")
            #expect(try await rig.session.number("select count(*) from s3cache.rebuild_slice") > 0)
            try await rig.session.run("update s3cache.job set run_at = now()")
            let next = try await rig.claim(.rebuild)
            try await rig.run(next, store, settings: .sliced(10))
            #expect(try await rig.session.status(of: next.id).state == "done")
            #expect(try await rig.session.present() == base.expectedRows())
        }
    }

    /// However long one slice takes, the job is seen to go on.
    @Test func progressIsReportedWithinASlice() async throws {
        try await Rig.use { rig in
            let session = try await rig.newSession()
            let caches = HookedCaches(base: rig.caches) { moment in
                guard moment == .beforeRows else { return }
                let seen = Shared<Set<String>>([])
                try await waitUntil("progress is reported three times") {
                    let times = try await session.texts("select updated_at::text from s3cache.job_progress")
                    return seen.withLock { seen in
                        seen.formUnion(times)
                        return seen.count >= 3
                    }
                }
            }
            let status = try await rig.rebuild(try MemoryStore(sorted: .made(["a", "b"])), caches: caches)
            #expect(status.state == "done", "\(status)")
        }
    }

    /// One request that never ends does not keep the others, and the rebuild, from ending.
    @Test func requestThatHangsIsMadeASecondTime() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made(Self.keys), listsFromAnyKey: true)
            let store = HookedStore(
                base, onRequest: { number, _ in if number == 30 { try await Task.sleep(for: .seconds(3_600)) } })
            let status = try await rig.rebuild(store, settings: .sliced(10))
            #expect(status.state == "done", "\(status)")
            #expect(try await rig.listing("retries") >= 1)
            #expect(try await rig.session.present() == base.expectedRows())
        }
    }

    /// Of a bucket that was emptied all rows are removed, though far more than are held in memory at once.
    @Test(arguments: [true, false]) func emptiedBucketRemovesRowsInPortions(dryRun: Bool) async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(Self.keys))
            let store = try MemoryStore(sorted: .made(["m"]), listsFromAnyKey: true)
            let status = try await rig.rebuild(store, dryRun: dryRun, force: true, settings: .sliced(10))
            #expect(status.state == "done" && status.count("removed") == 600 && status.count("added") == 1, "\(status)")
            if dryRun {
                #expect(try await rig.session.number("select count(*) from s3cache.orphan") == 601)
                #expect(try await rig.session.filenames().count == 600)
            } else {
                #expect(try await rig.session.filenames() == ["m"])
            }
        }
    }

    /// What an attempt had staged of a slice that it did not finish counts for nothing: what it was found in is listed again.
    @Test func portionsOfASliceThatWasNotFinishedAreForgotten() async throws {
        try await Rig.use { rig in
            struct Broken: Error {}
            try await rig.session.seedPresent(.made(Self.keys))
            let caches = HookedCaches(base: rig.caches) { if $0 == .afterStage { throw Broken() } }
            _ = try await rig.session.enqueueRebuild(force: true)
            let job = try await rig.claim(.rebuild)
            await #expect(throws: Broken.self) {
                try await rig.handlers(MemoryStore(), settings: .sliced(10), caches: caches)[.rebuild]?.run(job)
            }
            #expect(try await rig.session.number("select count(*) from s3cache.rebuild_change where remove") > 0)
            // Meanwhile the objects are back.
            let store = try MemoryStore(sorted: .made(Self.keys))
            try await rig.run(job, store, settings: .sliced(10))
            let status = try await rig.session.status(of: job.id)
            #expect(status.state == "done" && status.count("removed") == 0, "\(status)")
            #expect(try await rig.session.present() == store.expectedRows())
        }
    }
}
