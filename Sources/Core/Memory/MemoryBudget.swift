/// Divides a number of bytes among requests: what does not fit now waits, and smaller requests go on meanwhile.
///
/// A request that waits is passed by `patience` later ones at most; from then on only those are granted before it that, all
/// together, leave it the bytes that it asks for: so it fits once the others have given theirs back, and small ones go on. Whoever holds bytes asks for no more: so none waits for another one
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

    private struct Holder {
        var bytes: Int
        /// Whether one that waits had been passed often enough when this was granted.
        var isBeside: Bool
    }

    private struct Waiter {
        var id: Int64
        var bytes: Int
        var passed = 0
    }

    /// Bytes in all.
    public let total: Int
    /// How many later requests may be granted before one that waits, besides those that leave it its bytes.
    public let patience: Int
    /// How many may wait.
    public let room: Int
    /// The bytes that are held now.
    public private(set) var reserved = 0
    private var holders: [Int64: Holder] = [:]
    /// What those of them hold that are beside.
    private var beside = 0
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
        if grant(bytes, to: id, before: waiters.count) { return .granted }
        guard waiters.count < room else { return .full }
        waiters.append(Waiter(id: id, bytes: bytes))
        return .waiting
    }

    /// Takes back what an id holds, or waits for; any other id is ignored. Gives the ids that hold their bytes from now on, in
    /// the order in which they were granted.
    public mutating func release(_ id: Int64) -> [Int64] {
        if let holder = holders.removeValue(forKey: id) {
            reserved -= holder.bytes
            if holder.isBeside { beside -= holder.bytes }
        }
        waiters.removeAll { $0.id == id }
        var granted: [Int64] = []
        var index = 0
        while index < waiters.count {
            let waiter = waiters[index]
            if grant(waiter.bytes, to: waiter.id, before: index) {
                waiters.remove(at: index)
                granted.append(waiter.id)
            } else {
                index += 1
            }
        }
        return granted
    }

    /// Whether it holds the bytes now; not where they are not there, or somebody at an earlier place would have to wait longer.
    private mutating func grant(_ bytes: Int, to id: Int64, before index: Int) -> Bool {
        let earlier = 0..<index
        guard bytes <= total - reserved,
            earlier.allSatisfy({ waiters[$0].passed < patience || beside + bytes <= total - waiters[$0].bytes })
        else { return false }
        let isBeside = earlier.contains { waiters[$0].passed >= patience }
        for place in earlier where waiters[place].passed < patience { waiters[place].passed += 1 }
        holders[id] = Holder(bytes: bytes, isBeside: isBeside)
        reserved += bytes
        if isBeside { beside += bytes }
        return true
    }
}
