import Adapters
import Core
import TestSupport
import Testing

/// A listing that fails, or that no true bucket would give, changes nothing, however much had been compared before it.
@Suite(.timeLimit(.minutes(15))) struct FailedListingTests {
    /// What is wrong with a page, what the job then says, and in which words.
    enum Fault: String, CaseIterable, Sendable {
        case throwsDenied, unordered, repeatedKey, outsidePrefix, emptyNotLast, longKey, loopingToken, goesBack
        case negativeSize, emptyKey

        var code: String { self == .throwsDenied ? "access_denied" : "malformed_listing" }

        var words: String {
            switch self {
            case .throwsDenied: "denied on purpose"
            case .unordered, .repeatedKey, .goesBack, .loopingToken: "ascending byte order"
            case .outsidePrefix: "outside the prefix"
            case .emptyNotLast: "an empty page"
            case .longKey: "1025 bytes"
            case .negativeSize: "a negative size"
            case .emptyKey: "0 bytes"
            }
        }

        /// What becomes of a page.
        func spoil(_ page: ListingPage) throws -> ListingPage {
            var page = page
            func insert(_ key: String, size: Int64 = 1) {
                var object = [ObjectSummary].made([key])[0]
                object.size = size
                page.objects.append(object)
            }
            switch self {
            case .throwsDenied:
                throw StoreError(.accessDenied, "It was denied on purpose.", operation: "ListObjectsV2", bucket: "b")
            case .unordered: page.objects.swapAt(0, page.objects.count - 1)
            case .repeatedKey: page.objects.append(page.objects[page.objects.count - 1])
            case .outsidePrefix: insert("zzz")
            case .emptyNotLast: page = ListingPage(objects: [], next: page.next)
            case .longKey: insert("p/" + String(repeating: "z", count: 1_023))
            case .loopingToken: page.next = .continuation("again")
            case .goesBack: page.next = .start
            case .negativeSize: insert("p/zzz", size: -1)
            case .emptyKey: page.objects.insert([ObjectSummary].made([""])[0], at: 0)
            }
            return page
        }
    }

    @Test(arguments: Fault.allCases, [3, 40])
    func faultyPageFailsTheJobWithItsReasonAndLeavesEveryRowAsItWas(_ fault: Fault, on page: Int) async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure('s3_image_cache', prefix => 'p/')")
            // Thousands of differences: rows to remove, to bring up to date, to leave alone and to add.
            let names = (0..<4_000).map { "\($0 * 7_919 % 10_007)" }
            try await rig.session.seedPresent(.made(Array(names[..<3_000])))
            var objects = [ObjectSummary].made(names[1_000...].map { "p/" + $0 })
            for index in objects.indices where index % 3 == 0 { objects[index].etag = "new" }
            let base = try MemoryStore(sorted: objects, pageLimit: 70)
            let spoiled = Shared(false)
            let store = HookedStore(
                base,
                onPage: { number, given in
                    guard number == page else { return given }
                    spoiled.withLock { $0 = true }
                    return try fault.spoil(given)
                })
            let before = try await rig.session.dump()
            let status = try await rig.rebuild(
                fault == .loopingToken ? tokenBlind(store) : store, force: true, settings: .sliced(100))
            #expect(spoiled.value)
            #expect(status.state == "failed")
            #expect(status.code == fault.code)
            #expect(status.retryable == "false")
            #expect(status.error?.contains(fault.words) == true, "\(status.error ?? "")")
            #expect(try await rig.session.dump() == before)
            _ = try await rig.jobs.pruneListings(limit: 1_000_000, from: nil)
            #expect(try await rig.session.number("select count(*) from s3cache.rebuild_change") == 0)
            #expect(try await rig.session.number("select count(*) from s3cache.rebuild_slice") == 0)
        }
    }

    @Test func unavailableStoreIsTriedAgainAndFailsForGoodAfterTheLastAttempt() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(["a", "b"]))
            let before = try await rig.session.dump()
            let store = HookedStore(
                MemoryStore(),
                onRequest: { _, _ in
                    throw StoreError(.unavailable, "Slow down.", operation: "ListObjectsV2", bucket: "b")
                })
            let id = try await rig.session.enqueueRebuild()
            try await rig.session.run("update s3cache.job set max_attempts = 3")
            for attempt in 1...3 {
                try await rig.run(try await rig.claim(.rebuild), store)
                let status = try await rig.session.status(of: id)
                #expect(status.attempt == attempt)
                #expect(status.state == (attempt < 3 ? "waiting" : "failed"))
                #expect(status.code == "unavailable" && status.error == "Slow down.")
                if attempt < 3 { #expect(try await rig.session.number("select s3cache.retry(\(id))") == Int(id)) }
            }
            #expect(try await rig.session.dump() == before)
        }
    }

    /// What an empty cache got before its listing failed was true when it was listed; the next rebuild completes it.
    @Test func failedListingIntoAnEmptyCacheLeavesOnlyRowsOfObjects() async throws {
        try await Rig.use { rig in
            let base = try MemoryStore(sorted: .made((0..<50).map { "k\($0)" }), pageLimit: 10)
            let store = HookedStore(
                base, onPage: { number, page in number == 4 ? try Fault.throwsDenied.spoil(page) : page })
            #expect(try await rig.rebuild(store, settings: .sliced(10)).state == "failed")
            let left = try await rig.session.present()
            #expect(Set(left).isSubset(of: Set(try await base.expectedRows())))
            #expect(try await rig.rebuild(base, settings: .sliced(10)).state == "done")
            #expect(try await rig.session.present() == base.expectedRows())
        }
    }

    @Test func droppedCacheEndsItsRebuild() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.create_cache('other', bucket => 'other-bucket')")
            let base = try MemoryStore(sorted: .made((0..<50).map { "k\($0)" }), pageLimit: 10)
            let store = HookedStore(
                base,
                onRequest: { number, _ in
                    if number == 3 { try await rig.session.run("select s3cache.drop_cache('other')") }
                })
            #expect(try await rig.rebuild(store, cache: "other", settings: .sliced(10)).state == "cancelled")
        }
    }

    /// Takes every continuation token for its start, as a broken proxy might.
    private func tokenBlind(_ base: any ObjectStore) -> AlteredListing {
        AlteredListing(base, listsFromAnyKey: base.listsFromAnyKey) { request in
            var request = request
            if case .continuation = request.position { request.position = .start }
            return try await base.list(request)
        }
    }
}
