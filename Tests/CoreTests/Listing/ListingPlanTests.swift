import TestSupport
import Testing

@testable import Core

/// A key that is there all along is listed exactly once, however requests and answers interleave and whatever is written.
@Suite(.timeLimit(.minutes(10))) struct ListingPlanTests {
    @Test(arguments: PlanCases.count(2000)) func listsEachKeyOnce(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let keys = KeyShapes.any([0, 1, 5, 40, 150].randomElement(using: &random) ?? 1, &random)
        let bucket = SortedBucket(keys, pageSize: Int.random(in: 1...20, using: &random))
        let prefix = ["", "", "", "x/", "日/", "logs/2024/1", "none"].randomElement(using: &random) ?? ""
        let most = [1, 2, 8, 64].randomElement(using: &random) ?? 1
        let whole = Self.anyRest(of: bucket, prefix: prefix, &random)
        var run = ListingRun(ListingPlan(prefix: prefix, rest: whole, concurrency: most, seed: UInt64(seed)))
        while !run.isFinished {
            run.send()
            #expect(run.plans[0].requestsUnderWay <= most)
            let index = Int.random(in: 0..<run.underWay.count, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0, 1:
                // It failed, or was given up.
                let failed = run.underWay.remove(at: index)
                run.plans[failed.plan].retry(failed.request)
            case 2:
                run.plans[0].concurrency = Int.random(in: 1...most, using: &random)
                run.plans[0].mayGuess = !random.once(in: 3)
            case 3:
                run.giveAway(&random)
                #expect(run.isWhole(of: whole))
            default: run.answer(bucket, at: index)
            }
        }
        #expect(run.plans.allSatisfy { $0.rest.isEmpty && $0.requestsUnderWay == 0 })
        #expect(run.isWhole(of: whole))
        let wanted = bucket.keys.filter { key in key.hasPrefix(prefix) && whole.contains { $0.contains(key) } }
        #expect(run.listed.sorted() == wanted)
    }

    @Test(arguments: PlanCases.count(600)) func listsWhatStaysOnceBesideWriters(seed: Int) throws {
        var random = SeededGenerator(seed: 10_000 + seed)
        var bucket = SortedBucket(
            KeyShapes.any(100, &random), pageSize: [2, 7, 20].randomElement(using: &random) ?? 2)
        var stable = Set(bucket.keys)
        var ever = stable
        let concurrency = [2, 8, 64].randomElement(using: &random) ?? 2
        var run = ListingRun(ListingPlan(prefix: "", concurrency: concurrency, seed: UInt64(seed)))
        while !run.isFinished {
            run.send()
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                if Bool.random(using: &random), bucket.keys.count > 10 {
                    stable.remove(bucket.delete(at: Int.random(in: 0..<bucket.keys.count, using: &random)))
                } else if let key = KeyShapes.any(1, &random).first, ever.insert(key).inserted {
                    bucket.put(key)
                }
            }
            if random.once(in: 30) { run.giveAway(&random) }
            guard !run.underWay.isEmpty else { continue }
            run.answer(bucket, at: Int.random(in: 0..<run.underWay.count, using: &random))
        }
        let listed = Set(run.listed)
        #expect(listed.count == run.listed.count)
        #expect(stable.isSubset(of: listed))
        #expect(listed.isSubset(of: ever))
    }

    @Test(arguments: PlanCases.count(600)) func goesOnWhereItWasKilled(seed: Int) throws {
        var random = SeededGenerator(seed: 20_000 + seed)
        let bucket = SortedBucket(
            KeyShapes.any(150, &random), pageSize: [2, 7, 20].randomElement(using: &random) ?? 2)
        var run = ListingRun(
            ListingPlan(prefix: "", concurrency: [2, 8, 64].randomElement(using: &random) ?? 2, seed: 1))
        var recorded: [KeyInterval] = []
        // What was recorded of each page: its interval and its keys.
        var kept: Set<ObjectKey> = []
        while !run.isFinished {
            run.send()
            if random.once(in: 20) {
                let lost = run.covered.suffix(Int.random(in: 0...3, using: &random))
                recorded += run.covered.dropLast(lost.count)
                let again = run.listed.filter { key in !lost.contains { $0.contains(key) } }
                #expect(kept.isDisjoint(with: again))
                kept.formUnion(again)
                let rest = run.plans.flatMap { $0.rest } + lost
                run = ListingRun(ListingPlan(prefix: "", rest: rest, concurrency: 8, seed: random.next()))
                continue
            }
            run.answer(bucket, at: Int.random(in: 0..<run.underWay.count, using: &random))
        }
        #expect(kept.isDisjoint(with: run.listed))
        #expect(kept.union(run.listed).sorted() == bucket.keys)
        #expect(ListingRun.joined(recorded + run.covered) == [KeyInterval()])
    }

    @Test(arguments: 0..<20) func aSerialListingWastesNothing(seed: Int) throws {
        var random = SeededGenerator(seed: 30_000 + seed)
        let bucket = SortedBucket(KeyShapes.any(150, &random), pageSize: 7)
        var run = ListingRun(ListingPlan(prefix: "", concurrency: 1, seed: 1))
        while !run.isFinished {
            run.send()
            run.answer(bucket, at: 0)
        }
        #expect(run.listed == bucket.keys)
        #expect(run.requests == (bucket.keys.count + 6) / 7)
        #expect(run.plans[0].spansMade == 1)
    }

    @Test func takesNoAnswerTwice() throws {
        let bucket = SortedBucket((0..<100).map { ObjectKey("k\(100 + $0)") }, pageSize: 10)
        var plan = ListingPlan(prefix: "", concurrency: 1, seed: 1)
        let first = plan.next()
        let request = try #require(first)
        let page = bucket.page(after: nil, prefix: "")
        #expect(plan.accept(page.keys, hasMore: true, of: request)?.count == 10)
        #expect(plan.accept(page.keys, hasMore: true, of: request) == nil)
        #expect(plan.next()?.after == page.keys.last)
        #expect(plan.accept(page.keys, hasMore: true, of: request) == nil)
        // Nor is one that failed given up twice.
        plan.retry(request)
        #expect(plan.requestsUnderWay == 1)
    }

    /// The caller checks pages; one that leads nowhere all the same covers nothing.
    @Test func aPageThatLeadsNowhereIsAskedForAgain() throws {
        var plan = ListingPlan(
            prefix: "", rest: [KeyInterval(after: "m", upto: nil)], concurrency: 1, seed: 1)
        for keys in [[], ["a", "b"], ["m"]] as [[ObjectKey]] {
            let next = plan.next()
            let request = try #require(next)
            #expect(plan.accept(keys, hasMore: true, of: request) == nil)
            #expect(plan.rest == [KeyInterval(after: "m", upto: nil)])
            #expect(plan.requestsUnderWay == 0)
        }
    }

    /// Nothing that a server may send stops the program, in whatever order its keys are.
    @Test(arguments: PlanCases.count(200)) func survivesAnyPage(seed: Int) {
        var random = SeededGenerator(seed: 40_000 + seed)
        let odd = ["", "\u{0}", "\u{10FFFF}\u{10FFFF}", String(repeating: "/", count: 2000), "\u{7F}\u{FFFF}"]
        var plan = ListingPlan(prefix: "", concurrency: 16, seed: UInt64(seed))
        for _ in 0..<30 {
            var requests: [ListingPlan.Request] = []
            while let request = plan.next() { requests.append(request) }
            for request in requests {
                let keys = KeyShapes.any(6, &random) + odd.shuffled(using: &random).prefix(2).map { ObjectKey($0) }
                _ = plan.accept(
                    random.once(in: 2) ? keys : keys.sorted(), hasMore: !random.once(in: 9), of: request)
            }
            plan.add(plan.giveAway())
        }
        #expect(plan.requestsUnderWay == 0)
    }

    @Test func workThatArrivesLaterIsDone() throws {
        var plan = ListingPlan(prefix: "", rest: [], concurrency: 4, seed: 1)
        #expect(plan.isFinished)
        #expect(plan.next() == nil)
        #expect(plan.giveAway().isEmpty)
        plan.add([KeyInterval(after: "a", upto: "b"), KeyInterval(after: "c", upto: "c")])
        #expect(!plan.isFinished)
        let next = plan.next()
        let request = try #require(next)
        let accepted = plan.accept([] as [ObjectKey], hasMore: false, of: request)
        #expect(accepted?.covered == KeyInterval(after: "a", upto: "b"))
        #expect(plan.isFinished)
    }

    /// Where guesses are not wanted, what is known goes on alone, and they come back with the wish.
    @Test func guessesOnlyWhereItMay() {
        var random = SeededGenerator(seed: 9)
        let bucket = SortedBucket(KeyShapes.named("uuid", 4000, &random), pageSize: 20)
        var run = ListingRun(ListingPlan(prefix: "", concurrency: 8, seed: 3))
        while run.underWay.count < 8 {
            run.send()
            if run.underWay.count < 8 { run.answer(bucket, at: 0) }
        }
        run.plans[0].mayGuess = false
        let made = run.plans[0].spansMade
        for _ in 0..<40 {
            run.answer(bucket, at: 0)
            run.send()
        }
        #expect(run.plans[0].spansMade == made)
        #expect(!run.underWay.isEmpty)
        run.plans[0].mayGuess = true
        while !run.isFinished {
            run.send()
            run.answer(bucket, at: 0)
        }
        #expect(run.plans[0].spansMade > made)
        #expect(run.listed.count == bucket.keys.count)
    }

    /// What is given away is likely to hold keys, and what is kept too.
    @Test func aboutHalfIsGivenAway() throws {
        var random = SeededGenerator(seed: 8)
        let bucket = SortedBucket(KeyShapes.named("uuid", 4000, &random), pageSize: 20)
        var run = ListingRun(ListingPlan(prefix: "", concurrency: 8, seed: 3))
        for _ in 0..<40 {
            run.send()
            run.answer(bucket, at: 0)
        }
        run.send()
        let left = bucket.keys.count - run.listed.count
        let given = run.plans[0].giveAway()
        let keys = bucket.keys.count { key in given.contains { $0.contains(key) } }
        #expect(keys > left / 5)
        #expect(keys < left * 4 / 5)
        // No page that is under way brings anything of it.
        while !run.isFinished {
            run.answer(bucket, at: 0)
            run.send()
        }
        #expect(!run.listed.contains { key in given.contains { $0.contains(key) } })
        #expect(run.listed.count + keys == bucket.keys.count)
    }

    /// The whole, or stretches that begin and end anywhere.
    private static func anyRest(
        of bucket: SortedBucket, prefix: String, _ random: inout SeededGenerator
    ) -> [KeyInterval] {
        guard random.once(in: 4) else { return [KeyInterval()] }
        let ends = (bucket.keys + KeyShapes.any(4, &random)).filter { $0.hasPrefix(prefix) }
        let chosen = Set((0..<6).compactMap { _ in ends.randomElement(using: &random) }).sorted()
        return stride(from: 0, to: chosen.count, by: 2).map { index in
            KeyInterval(after: chosen[index], upto: index + 1 < chosen.count ? chosen[index + 1] : nil)
        }
    }
}

extension KeyInterval {
    /// Whether a key of the prefix belongs to it.
    fileprivate func contains(_ key: ObjectKey) -> Bool {
        (after.map { $0 < key } ?? true) && (upto.map { key <= $0 } ?? true)
    }
}
