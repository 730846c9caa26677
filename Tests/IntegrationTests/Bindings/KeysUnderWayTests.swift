import Core
import TestSupport
import Testing

@testable import Worker

@Suite struct KeysUnderWayTests {
    private func wait(_ keys: KeysUnderWay, until count: Int) async throws {
        try await waitUntil("so many wait") { keys.waiting(for: "a") == count }
    }

    @Test func oneAtATimeInOrderAndOtherKeysBeside() async throws {
        let keys = KeysUnderWay()
        let order = Shared<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await keys.holding("a") {
                for number in 1...3 {
                    group.addTask { try await keys.holding("a") { order.withLock { $0.append(number) } } }
                    try await wait(keys, until: number)
                }
                #expect(order.value.isEmpty)
                try await keys.holding("b") { order.withLock { $0.append(0) } }
            }
            try await group.waitForAll()
        }
        #expect(order.value == [0, 1, 2, 3])
        #expect(keys.waiting(for: "a") == 0)
    }

    @Test func whoIsCancelledWaitsNoMoreAndHoldsUpNobody() async throws {
        let keys = KeysUnderWay()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            try await keys.holding("a") {
                group.addTask {
                    do {
                        try await keys.holding("a") {}
                        return false
                    } catch is CancellationError {
                        return true
                    }
                }
                try await wait(keys, until: 1)
                group.cancelAll()
                let isCancelled = try await group.next()
                #expect(isCancelled == true)
            }
            struct Broken: Error {}
            await #expect(throws: Broken.self) { try await keys.holding("a") { throw Broken() } }
            try await keys.holding("a") {}
        }
    }
}
