/// Divides a number of bytes among requests: what does not fit now waits, and smaller requests go on meanwhile.
///
/// A request that waits is passed by `patience` later ones at most; from then on nothing later is granted before it, so that it
/// fits once those that hold bytes have given them back. Whoever holds bytes asks for no more: so none waits for another one
/// that waits.
///
///     var budget = MemoryBudget(total: 100, patience: 8, room: 4)
///     budget.request(80, for: 1)      // granted
///     budget.request(60, for: 2)      // waiting
///     budget.request(10, for: 3)      // granted
///     budget.release(1)               // [2]
public struct MemoryBudget: Sendable {
    /// What becomes of a request.
    public enum Answer: Hashable, Sendable {
        /// It holds its bytes, until it is released.
        case granted
        /// It waits for them: a later call of `release` gives its id.
        case waiting
        /// As many wait as may: ask again later. It holds nothing.
        case full
        /// It is for more than there is. It holds nothing.
        case impossible
    }

    private struct Waiter {
        var id: Int64
        var bytes: Int
        var passed = 0
    }

    /// Bytes in all.
    public let total: Int
    /// How many later requests may be granted before one that waits.
    public let patience: Int
    /// How many may wait.
    public let room: Int
    /// The bytes that are held now.
    public private(set) var reserved = 0
    private var holders: [Int64: Int] = [:]
    private var waiters: [Waiter] = []

    /// Bytes that nobody holds; what is negative counts as 0.
    public init(total: Int, patience: Int, room: Int) {
        self.total = max(0, total)
        self.patience = max(0, patience)
        self.room = max(0, room)
    }

    /// How many wait.
    public var waitingCount: Int { waiters.count }

    /// Asks for bytes, less than 0 counting as none. An id that has asked before and was not released gets `full`.
    public mutating func request(_ bytes: Int, for id: Int64) -> Answer {
        let bytes = max(0, bytes)
        guard bytes <= total else { return .impossible }
        guard holders[id] == nil, !waiters.contains(where: { $0.id == id }) else { return .full }
        if bytes <= total - reserved, !isBarred(before: waiters.count) {
            hold(bytes, for: id)
            pass(before: waiters.count)
            return .granted
        }
        guard waiters.count < room else { return .full }
        waiters.append(Waiter(id: id, bytes: bytes))
        return .waiting
    }

    /// Takes back what an id holds, or waits for; any other id is ignored. Gives the ids that hold their bytes from now on, in
    /// the order in which they were granted.
    public mutating func release(_ id: Int64) -> [Int64] {
        if let bytes = holders.removeValue(forKey: id) { reserved -= bytes }
        waiters.removeAll { $0.id == id }
        var granted: [Int64] = []
        var index = 0
        while index < waiters.count, !isBarred(before: index) {
            let waiter = waiters[index]
            guard waiter.bytes <= total - reserved else {
                index += 1
                continue
            }
            waiters.remove(at: index)
            hold(waiter.bytes, for: waiter.id)
            pass(before: index)
            granted.append(waiter.id)
        }
        return granted
    }

    /// Whether one of those that have waited longer lets nobody pass any more.
    private func isBarred(before index: Int) -> Bool { waiters[..<index].contains { $0.passed >= patience } }

    private mutating func pass(before index: Int) {
        for earlier in 0..<index { waiters[earlier].passed += 1 }
    }

    private mutating func hold(_ bytes: Int, for id: Int64) {
        holders[id] = bytes
        reserved += bytes
    }
}
