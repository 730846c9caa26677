import Foundation
import Testing

@testable import Core

@Suite struct RebuildCountersTests {
    private var counted: RebuildCounters {
        let object = ObjectSummary(key: "a", size: 1, etag: "e", lastModified: Timestamp(microseconds: 0))
        let row = CachedRow(filename: "z", size: 1, etag: "e", lastModified: nil, storageClass: nil, isPresent: true)
        var counters = RebuildCounters()
        counters.listed = 1
        counters.pages = 3
        counters.wastedPages = 1
        counters.unlistable = 2
        counters.add(CacheDiff(listed: [object], cached: [row], prefixLength: 0))
        return counters
    }

    @Test func slicesAddUp() {
        var counters = counted
        #expect(counters.added == 1 && counters.removed == 1)
        #expect(counters.presentRows == 1 && counters.presentRemoved == 1)
        counters.add(counted)
        #expect(counters.listed == 2 && counters.pages == 6 && counters.unlistable == 4 && counters.presentRemoved == 2)
    }

    @Test func numbersStandInTheOrderOfTheDatabasesColumns() {
        let counters = RebuildCounters((1...12).map { Int64($0) })
        #expect(counters.numbers == (1...12).map { Int64($0) })
        #expect(counters.listed == 1 && counters.pages == 6 && counters.retries == 9 && counters.presentRemoved == 12)
        #expect(RebuildCounters([7]).listed == 7 && RebuildCounters([]) == RebuildCounters())
    }

    @Test func resultNamesWhatUsersRead() throws {
        let result = RebuildResult(RebuildTotals(counters: counted, workers: 2), seconds: 1.23456)
        #expect(result.seconds == 1.235 && result.unlistable == 2 && result.workers == 2)
        let empty = RebuildResult(RebuildTotals(counters: RebuildCounters(), workers: 1), seconds: 0)
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(empty))
        let names = (json as? [String: Any])?.keys.sorted()
        #expect(
            names == [
                "added", "listed", "pages", "ranges", "removed", "retries", "seconds", "unchanged", "updated",
                "wasted_pages", "workers",
            ])
    }
}
