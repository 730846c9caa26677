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
        var objects: [ObjectSummary]
        var bucket: String
        var count = 0
        // RGW takes it for a key; this one is before all.
        var token = "0"
        var wasGiven = false

        /// What becomes of a request.
        mutating func fault(for request: FaultProxy.Request) -> FaultProxy.Fault {
            guard let hostile, request.query.contains("list-type") else { return .none }
            count += 1
            if let sent = request.parameter("continuation-token") { token = sent }
            guard count == page else { return .none }
            wasGiven = true
            let from = (page - 1) * HostileListingTests.pageLength
            let original = HostilePage.Original(
                bucket: bucket, objects: Array(objects[from..<from + HostileListingTests.pageLength]), token: token,
                isFirst: page == 1)
            return .body(hostile.bytes(original))
        }
    }

    @Test(arguments: [1, 4]) func hostilePageFailsTheJobAndNotOneRowChanges(page: Int) async throws {
        try await Rig.use { rig in
            try await TestBucket.use(on: .rgw) { bucket in
                try await rig.session.run("select s3cache.configure('s3_image_cache', prefix => 'p/')")
                // Rows to remove, to bring up to date, to leave alone and to add: what is believed, shows.
                let keys = (0..<120).map { "p/\(200 + $0 * 2)" }
                try await bucket.fill(keys.map { ($0, Array($0.utf8)) })
                try await rig.session.seedPresent(.made((0..<120).map { "\(180 + $0 * 3)" }))
                let trick = Shared(
                    Trick(
                        page: page, objects: try await bucket.store.everything(prefix: "p/"), bucket: bucket.name))
                let proxy = try FaultProxy(upstream: bucket.server.endpoint) { request in
                    trick.withLock { $0.fault(for: request) }
                }
                let store = try bucket.store(at: proxy.origin)
                let before = try await rig.session.dump()
                for hostile in HostilePage.allCases {
                    trick.withLock { trick in
                        trick.hostile = hostile
                        (trick.count, trick.wasGiven) = (0, false)
                    }
                    let status = try await rig.rebuild(store, force: true, settings: .sliced(Self.pageLength))
                    #expect(trick.value.wasGiven, "\(hostile)")
                    #expect(status.state == "failed", "\(hostile): \(status)")
                    #expect(status.code == "malformed_listing", "\(hostile): \(status)")
                    #expect(status.retryable == "false", "\(hostile)")
                    #expect(status.error?.contains(bucket.name) == true, "\(hostile): \(status.error ?? "")")
                    #expect(status.error?.contains("passwd") == false && (status.error?.count ?? 0) < 400, "\(hostile)")
                    #expect(try await rig.session.dump() == before, "\(hostile)")
                    for table in ["rebuild_change", "rebuild_slice"] {
                        #expect(
                            try await rig.session.number("select count(*) from s3cache.\(table)") == 0, "\(hostile)")
                    }
                }
                trick.withLock { $0.hostile = nil }
                #expect(try await rig.rebuild(store, force: true).state == "done")
                let objects = try await bucket.store.expectedRows().map { $0.dropFirst(2) }
                #expect(try await rig.session.present() == objects.map { String($0) })
                print("hostile listings: \(HostilePage.allCases.count) kinds of page \(page), not one row changed")
            }
        }
    }

    /// What was listed before the page that is cut is not listed again.
    @Test func cutListingIsGoneOnWith() async throws {
        let cuts = Shared(0)
        let faults: @Sendable (FaultProxy.Request) -> FaultProxy.Fault = { request in
            guard request.isPastFirstPage,
                cuts.withLock({
                    $0 += 1; return $0 <= 10
                })
            else { return .none }
            return .cutBody(after: 50_000)
        }
        try await Rig.useBucket(settings: .sliced(1_000), faults: faults) { rig, bucket, proxy in
            let keys = (0..<3_000).map { "\(10_000 + $0 * 7_919 % 10_007)" }
            try await bucket.fill(keys.map { ($0, Array($0.utf8)) }, concurrency: 32)
            // Staged, not written at once, and with rows to remove.
            try await rig.session.seedPresent(.made(["00000", "10001x", "99999"]))
            let id = try await rig.session.number("select s3cache.rebuild(force => true)")
            let status = try await rig.session.wait(for: Int64(id), deadline: .seconds(240))
            #expect(status.state == "done", "\(status)")
            #expect(status.attempt == 3)
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
