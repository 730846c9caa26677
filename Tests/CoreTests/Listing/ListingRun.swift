import TestSupport
@testable import Core

/// Listings of one bucket on their way: requests whose answers have not come, in no order.
struct ListingRun {
    var plans: [ListingPlan]
    var underWay: [(plan: Int, request: ListingPlan.Request)] = []
    var listed: [ObjectKey] = []
    var covered: [KeyInterval] = []
    var requests = 0

    init(_ plan: ListingPlan) { plans = [plan] }

    var isFinished: Bool { plans.allSatisfy { $0.isFinished } }

    mutating func send() {
        for index in plans.indices {
            while let request = plans[index].next() {
                underWay.append((index, request))
                requests += 1
            }
        }
    }

    /// One answer, of the bucket as it is now.
    mutating func answer(_ bucket: SortedBucket, at index: Int) {
        let (plan, request) = underWay.remove(at: index)
        let page = bucket.page(after: request.after, prefix: plans[plan].prefix)
        guard let accepted = plans[plan].accept(page.keys, hasMore: page.hasMore, of: request) else { return }
        listed.append(contentsOf: page.keys.prefix(accepted.count))
        covered.append(accepted.covered)
    }

    /// One plan gives about half of its work to another, which may be a new one.
    mutating func giveAway(_ random: inout SeededGenerator) {
        let giver = Int.random(in: 0..<plans.count, using: &random)
        let given = plans[giver].giveAway()
        let taker = Int.random(in: 0...min(plans.count, 3), using: &random)
        if taker == plans.count {
            plans.append(
                ListingPlan(prefix: plans[giver].prefix, rest: given, concurrency: 4, seed: random.next()))
        } else {
            plans[taker].add(given)
        }
    }

    /// Whether what was covered and what is left are together `whole`, without overlap.
    func isWhole(of whole: [KeyInterval]) -> Bool {
        let parts = covered + plans.flatMap { $0.rest }
        return Self.joined(parts) == Self.joined(whole)
    }

    /// Neighbours become one; nil where two overlap.
    static func joined(_ intervals: [KeyInterval]) -> [KeyInterval]? {
        var joined: [KeyInterval] = []
        for interval in intervals.sorted(by: { $0.begins(before: $1) }) where !interval.isEmpty {
            guard let last = joined.last else {
                joined.append(interval)
                continue
            }
            guard let end = last.upto, let start = interval.after, end <= start else { return nil }
            if end == start { joined[joined.count - 1].upto = interval.upto } else { joined.append(interval) }
        }
        return joined
    }
}
