import Core
import TestSupport
import Testing

@Suite struct MemoryBudgetTests {
    @Test func largeRequestsWaitAndSmallOnesGoOn() {
        var budget = MemoryBudget(total: 100, patience: 8, room: 4)
        #expect(budget.request(80, for: 1) == .granted)
        #expect(budget.request(60, for: 2) == .waiting)
        #expect(budget.request(10, for: 3) == .granted)
        #expect(budget.request(10, for: 4) == .granted)
        #expect(budget.reserved == 100 && budget.waitingCount == 1)
        #expect(budget.release(3) == [])
        #expect(budget.release(1) == [2])
        #expect(budget.reserved == 70 && budget.waitingCount == 0)
        #expect(budget.release(2) == [] && budget.release(4) == [] && budget.reserved == 0)
    }

    @Test func whatNeverFitsIsToldAtOnce() {
        var budget = MemoryBudget(total: 100, patience: 8, room: 4)
        #expect(budget.request(101, for: 1) == .impossible)
        #expect(budget.request(.max, for: 1) == .impossible)
        #expect(budget.request(100, for: 1) == .granted)
        #expect(budget.request(0, for: 2) == .granted)
        #expect(budget.request(-5, for: 3) == .granted)
        #expect(budget.reserved == 100)
    }

    @Test func noMoreWaitThanThereIsRoomFor() {
        var budget = MemoryBudget(total: 10, patience: 8, room: 2)
        #expect(budget.request(10, for: 1) == .granted)
        #expect(budget.request(1, for: 2) == .waiting)
        #expect(budget.request(1, for: 3) == .waiting)
        #expect(budget.request(1, for: 4) == .full)
        #expect(budget.release(4) == [])
        #expect(budget.release(1) == [2, 3])
        #expect(budget.request(1, for: 4) == .granted)
    }

    /// After so many only those pass that leave it its bytes.
    @Test func aLargeRequestIsPassedOnlySoOften() {
        var budget = MemoryBudget(total: 100, patience: 3, room: 10)
        #expect(budget.request(50, for: 1) == .granted)
        #expect(budget.request(90, for: 2) == .waiting)
        for id in 10..<13 { #expect(budget.request(1, for: Int64(id)) == .granted) }
        #expect(budget.request(11, for: 13) == .waiting)
        for id in 20..<30 { #expect(budget.request(1, for: Int64(id)) == .granted) }
        #expect(budget.request(1, for: 14) == .waiting)
        #expect(budget.release(20) == [14])
        for id in 10..<13 { #expect(budget.release(Int64(id)) == []) }
        #expect(budget.release(1) == [2])
        #expect(budget.reserved == 100)
        #expect(budget.release(2) == [13])
    }

    /// Who gives up lets those pass that were kept behind.
    @Test func aWaiterThatGivesUpHoldsNobodyBack() {
        var budget = MemoryBudget(total: 100, patience: 0, room: 10)
        #expect(budget.request(50, for: 1) == .granted)
        #expect(budget.request(90, for: 2) == .waiting)
        #expect(budget.request(11, for: 3) == .waiting)
        #expect(budget.release(2) == [3])
        #expect(budget.reserved == 61)
    }

    @Test func anIDIsHeldOnce() {
        var budget = MemoryBudget(total: 100, patience: 3, room: 10)
        #expect(budget.request(60, for: 1) == .granted)
        #expect(budget.request(10, for: 1) == .full)
        #expect(budget.request(60, for: 2) == .waiting)
        #expect(budget.request(60, for: 2) == .full)
        #expect(budget.release(1) == [2])
        #expect(budget.release(1) == [] && budget.reserved == 60)
    }

    /// Whatever comes: never more than there is, nobody passed too often, none lost, none granted twice, none left over.
    @Test(arguments: 0..<300) func rulesHoldForAnyOrderOfRequests(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let total = Int.random(in: 1...1_000, using: &random)
        let patience = Int.random(in: 0...10, using: &random)
        let room = Int.random(in: 0...12, using: &random)
        var budget = MemoryBudget(total: total, patience: patience, room: room)
        var held: [Int64: Int] = [:]
        /// In the order in which they came.
        var waiting: [(id: Int64, bytes: Int, passed: Int)] = []
        /// Those of `held` that were granted before one that had been passed as often as may be.
        var beside: Set<Int64> = []

        func pass(_ id: Int64, before index: Int) {
            let patient = waiting[..<index].indices.filter { waiting[$0].passed >= patience }
            if !patient.isEmpty { beside.insert(id) }
            let taken = beside.reduce(0) { $0 + (held[$1] ?? 0) }
            #expect(patient.allSatisfy { taken <= total - waiting[$0].bytes })
            for earlier in 0..<index where waiting[earlier].passed < patience { waiting[earlier].passed += 1 }
        }
        func grant(_ id: Int64) {
            guard let index = waiting.firstIndex(where: { $0.id == id }) else {
                Issue.record("\(id) does not wait")
                return
            }
            held[id] = waiting.remove(at: index).bytes
            pass(id, before: index)
        }
        func check() {
            #expect(budget.reserved == held.values.reduce(0, +) && budget.reserved <= total)
            #expect(budget.waitingCount == waiting.count && waiting.count <= room)
            #expect(waiting.allSatisfy { $0.passed <= patience })
            // The one that has waited longest does not wait for nothing.
            if let first = waiting.first { #expect(first.bytes > total - budget.reserved) }
        }

        for id in 0..<Int64(400) {
            if random.once(in: 2), let leaving = (held.keys.sorted() + waiting.map(\.id)).randomElement(using: &random)
            {
                held[leaving] = nil
                beside.remove(leaving)
                waiting.removeAll { $0.id == leaving }
                budget.release(leaving).forEach(grant)
            } else {
                let bytes = random.once(in: 3) ? Int.random(in: 0...total + 1, using: &random) : total / 20
                let answer = budget.request(bytes, for: id)
                #expect((answer == .impossible) == (bytes > total))
                switch answer {
                case .granted:
                    held[id] = bytes
                    pass(id, before: waiting.count)
                case .waiting: waiting.append((id, bytes, 0))
                case .full: #expect(waiting.count == room)
                case .impossible: break
                }
            }
            check()
        }
        // Whoever holds bytes gives them back some time: then everyone gets theirs.
        while let leaving = held.keys.sorted().randomElement(using: &random) {
            held[leaving] = nil
            beside.remove(leaving)
            budget.release(leaving).forEach(grant)
            check()
        }
        #expect(waiting.isEmpty && budget.reserved == 0)
    }

    /// Small requests come without end, each held until two others have come: the large one gets its turn.
    @Test(arguments: 0..<50) func aStreamOfSmallRequestsStarvesNobody(seed: Int) {
        var random = SeededGenerator(seed: seed)
        var budget = MemoryBudget(total: 100, patience: 16, room: 4)
        var held: [Int64] = []
        var isLarge = false
        var wanted = false
        for id in 1..<Int64(200) {
            if id == 20 {
                #expect(budget.request(100, for: 0) == .waiting)
                wanted = true
            }
            if budget.request(Int.random(in: 10...30, using: &random), for: id) == .granted { held.append(id) }
            while held.count > 2 || (wanted && !isLarge && budget.waitingCount == 4 && !held.isEmpty) {
                let granted = budget.release(held.removeFirst())
                if granted.contains(0) { isLarge = true }
                held += granted.filter { $0 != 0 }
            }
            if isLarge { break }
        }
        #expect(isLarge)
    }

    @Test func footprintsOfUsualObjectsFitTheUsualBudget() {
        #expect(MemoryFootprint.held(50 << 20) <= 256 << 20)
        #expect(MemoryFootprint.held(.max) == .max && MemoryFootprint.held(-1) == 0)
        let small = MemoryFootprint.streamed(16 << 20)
        let large = MemoryFootprint.streamed((16 << 20) + 1)
        #expect(small < large && large == MemoryFootprint.streamed(5 << 40))
        // The smallest budget that a worker takes.
        #expect(large <= 32 << 20)
    }
}
