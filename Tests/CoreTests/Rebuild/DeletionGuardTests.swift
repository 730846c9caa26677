import Testing

@testable import Core

@Suite struct DeletionGuardTests {
    private func counters(present: Int, removed: Int) -> RebuildCounters {
        var counters = RebuildCounters()
        counters.presentRows = present
        counters.presentRemoved = removed
        // Rows in other states do not count.
        counters.removed = removed + 10_000
        return counters
    }

    @Test(arguments: [
        (100, 50, 0.5, true), (100, 51, 0.5, false), (99, 99, 0.5, true), (100, 100, 1, true), (100, 1, 0, false),
        (100, 0, 0, true), (1_000_000, 500_001, 0.5, false), (0, 0, 0.5, true), (100, 33, 0.333, true),
        (100, 34, 0.333, false),
    ])
    func guardsFromAHundredPresentRowsUp(present: Int, removed: Int, fraction: Double, isAllowed: Bool) {
        let guarding = DeletionGuard(maxDeleteFraction: fraction)
        let counters = counters(present: present, removed: removed)
        if isAllowed {
            #expect(throws: Never.self) { try guarding.check(counters, cache: "c") }
        } else {
            let failure = #expect(throws: JobFailure.self) { try guarding.check(counters, cache: "the_cache") }
            #expect(failure?.code == "too_many_deletions" && failure?.isRetryable == false)
            #expect(failure?.message.contains("\(removed) of \(present)") == true)
            #expect(failure?.message.contains("the_cache") == true)
        }
    }
}
