import Foundation
import Testing

@testable import Core

@Suite struct RebuildCountersTests {
    private var counted: RebuildCounters {
        var counters = RebuildCounters()
        let objects = ["a", "b"].map {
            ObjectSummary(key: ObjectKey($0), size: 1, etag: "e", lastModified: Timestamp(microseconds: 0))
        }
        let slice = ListedSlice(
            objects: objects, upto: nil, fence: Fence(rawValue: "1:1:"), pages: 3, unlistable: 2)
        let row = CachedRow(
            filename: "z", size: 1, etag: "e", lastModified: nil, storageClass: nil, isPresent: true)
        counters.add(slice, CacheDiff(listed: objects, cached: [row], prefixLength: 0))
        counters.seconds = 1.23456
        return counters
    }

    @Test func slicesAddUpAndSurviveTheCheckpoint() throws {
        var counters = counted
        #expect(counters.listed == 2 && counters.added == 2 && counters.removed == 1 && counters.pages == 3)
        #expect(counters.presentRows == 1 && counters.presentRemoved == 1 && counters.unlistable == 2)
        let stored = try JSONEncoder().encode(counters)
        #expect(try JSONDecoder().decode(RebuildCounters.self, from: stored) == counters)
        counters.add(
            ListedSlice(objects: [], upto: nil, fence: Fence(rawValue: "1:1:"), pages: 1, unlistable: 0),
            CacheDiff(listed: [], cached: [], prefixLength: 0))
        #expect(counters.pages == 4 && counters.listed == 2)
    }

    @Test func freshRebuildHasNoCounters() throws {
        #expect(try JSONDecoder().decode(RebuildCounters.self, from: Data("{}".utf8)) == RebuildCounters())
    }

    @Test func resultNamesWhatUsersRead() throws {
        let result = RebuildResult(counted)
        #expect(result.seconds == 1.235 && result.unlistable == 2)
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(RebuildResult(RebuildCounters())))
        let names = (json as? [String: Any])?.keys.sorted()
        #expect(names == ["added", "listed", "pages", "removed", "seconds", "unchanged", "updated"])
    }
}
