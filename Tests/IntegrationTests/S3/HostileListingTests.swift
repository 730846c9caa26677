import BucketSupport
import Core
import Foundation
import TestSupport
import Testing
import Worker

/// A listing of which one page is malformed, truncated or a lie changes nothing, however much of it was true before (I4).
@Suite(.timeLimit(.minutes(15))) struct HostileListingTests {
    private static let pageLength = 20

    /// The page that is given instead of the true one, and what has come of it.
    private struct Trick: Sendable {
        var page: Int
        var hostile: HostilePage?
        /// All of the bucket's, in order.
        var objects: [ObjectSummary]
        var bucket: String
        var count = 0
        // RGW takes it for a key; this one is before all.
        var token = "0"
        var wasGiven = false

        /// What becomes of a request.
        mutating func fault(for request: FaultProxy.Request) -> FaultProxy.Fault {
            guard let hostile, request.query.contains("list-type") else { return .none }
            let sent = request.parameter("continuation-token")
            if let sent { token = sent }
            var rest = objects[...]
            if let after = request.parameter("start-after") { rest = rest.drop { $0.key <= ObjectKey(after) } }
            if sent != nil { rest = rest.dropFirst((page - 1) * HostileListingTests.pageLength) }
            // Of fewer no page out of order can be made.
            guard rest.count >= 2 else { return .none }
            count += 1
            guard count == page else { return .none }
            wasGiven = true
            let original = HostilePage.Original(
                bucket: bucket, objects: Array(rest.prefix(HostileListingTests.pageLength)), token: token,
                isFirst: rest.count == objects.count)
            return .body(hostile.bytes(original))
        }
    }

    /// Listed many ranges at once, a page that begins too early shows a server that does not list from any key on: the
    /// listing begins anew, page after page, and is right. Tokens are not used then, so none can lead in a circle.
    private static let survived: Set<HostilePage> = [.keyOfEarlierPage, .loopingToken]

    @Test(arguments: [(1, false), (4, false), (1, true), (3, true), (6, true)])
    func hostilePageFailsTheJobAndNotOneRowChanges(page: Int, inParallel: Bool) async throws {
        try await Rig.use { rig in
            try await TestBucket.use(on: .rgw) { bucket in
                try await rig.session.run("select s3cache.configure('s3_image_cache', prefix => 'p/')")
                // Rows to remove, to bring up to date, to leave alone and to add: what is believed, shows.
                let keys = (0..<120).map { "p/\(200 + $0 * 2)" }
                try await bucket.fill(keys.map { ($0, Array($0.utf8)) })
                let seed: [ObjectSummary] = .made((0..<120).map { "\(180 + $0 * 3)" })
                try await rig.session.seedPresent(seed)
                let trick = Shared(
                    Trick(
                        page: page, objects: try await bucket.store.everything(prefix: "p/"), bucket: bucket.name))
                let proxy = try FaultProxy(upstream: bucket.server.endpoint) { request in
                    trick.withLock { $0.fault(for: request) }
                }
                let direct = try bucket.store(at: proxy.origin)
                let store: any ObjectStore = inParallel ? direct : AlteredListing(direct, listsFromAnyKey: false)
                let right = try await bucket.store.expectedRows().map { String($0.dropFirst(2)) }
                var before = try await rig.session.dump()
                for hostile in HostilePage.allCases {
                    trick.withLock { trick in
                        trick.hostile = hostile
                        (trick.count, trick.wasGiven) = (0, false)
                    }
                    let status = try await rig.rebuild(store, force: true, settings: .sliced(Self.pageLength))
                    #expect(trick.value.wasGiven, "\(hostile)")
                    if inParallel, status.state == "done", Self.survived.contains(hostile) {
                        if hostile == .keyOfEarlierPage { #expect(try await rig.session.present() == right) }
                        try await rig.session.run("delete from s3_image_cache")
                        try await rig.session.seedPresent(seed)
                        before = try await rig.session.dump()
                        continue
                    }
                    #expect(status.state == "failed", "\(hostile): \(status)")
                    #expect(status.code == "malformed_listing", "\(hostile): \(status)")
                    #expect(status.retryable == "false", "\(hostile)")
                    #expect(status.error?.contains(bucket.name) == true, "\(hostile): \(status.error ?? "")")
                    #expect(status.error?.contains("passwd") == false && (status.error?.count ?? 0) < 400, "\(hostile)")
                    #expect(try await rig.session.dump() == before, "\(hostile)")
                    _ = try await rig.jobs.pruneListings(limit: 1_000_000, from: nil)
                    for table in ["change", "slice", "range", "part", "listing"] {
                        let count = try await rig.session.number("select count(*) from s3cache.rebuild_\(table)")
                        #expect(count == 0, "\(hostile)")
                    }
                }
                trick.withLock { $0.hostile = nil }
                let last = try await rig.rebuild(store, force: true)
                #expect(last.state == "done", "\(last)")
                #expect(try await rig.session.present() == right)
                print("hostile listings: \(HostilePage.allCases.count) kinds of page \(page), not one row changed")
            }
        }
    }

    /// What was listed before the page that is cut is not listed again, when one attempt has given up.
    @Test func cutListingIsGoneOnWith() async throws {
        let isCut = Shared(true)
        let faults: @Sendable (FaultProxy.Request) -> FaultProxy.Fault = { request in
            request.isPastFirstPage && isCut.value ? .cutBody(after: 50_000) : .none
        }
        try await Rig.useBucket(settings: .sliced(1_000), faults: faults) { rig, bucket, proxy in
            let keys = (0..<3_000).map { "\(10_000 + $0 * 7_919 % 10_007)" }
            try await bucket.fill(keys.map { ($0, Array($0.utf8)) }, concurrency: 32)
            // Staged, not written at once, and with rows to remove.
            try await rig.session.seedPresent(.made(["00000", "10001x", "99999"]))
            let id = try await rig.session.number("select s3cache.rebuild(force => true)")
            try await waitUntil(deadline: .seconds(120), "an attempt has failed") {
                try await rig.session.status(of: Int64(id)).state == "waiting"
            }
            isCut.withLock { $0 = false }
            let status = try await rig.session.wait(for: Int64(id), deadline: .seconds(120))
            #expect(status.state == "done", "\(status)")
            #expect(status.attempt > 1)
            #expect(
                ["listed", "added", "updated", "removed"].map { status.count($0) } == [3_000, 3_000, 0, 3], "\(status)")
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            let listings = proxy.requests.filter { $0.query.contains("list-type") }
            #expect(listings.count { !$0.isPastFirstPage } == 1)
            #expect(listings.count { $0.parameter("start-after") != nil } > 0)
            print("cut listing: \(listings.count) requests for 3,000 objects in \(status.attempt) attempts")
        }
    }
}

extension FaultProxy.Request {
    /// A parameter of the query, decoded; nil where there is none.
    func parameter(_ name: String) -> String? {
        for item in query.split(separator: "&") where item.hasPrefix(name + "=") {
            return String(item.dropFirst(name.count + 1)).removingPercentEncoding
        }
        return nil
    }

    /// Whether it asks for a page that is not the first of its listing.
    fileprivate var isPastFirstPage: Bool {
        parameter("continuation-token") != nil || parameter("start-after") != nil
    }
}
