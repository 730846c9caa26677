/// Exchanges that wait for their turn, first come, first served. Each can leave before.
struct ArrivalQueue {
    private var exchanges: [UInt64: Exchange] = [:]
    /// Everyone's number in the order of arrival; those before `first` and those without an exchange are gone.
    private var order: [UInt64] = []
    private var first = 0

    /// How many wait.
    var count: Int { exchanges.count }

    mutating func append(_ exchange: Exchange) {
        exchanges[exchange.id] = exchange
        order.append(exchange.id)
        // What is gone costs memory only.
        if order.count > 64 + 2 * exchanges.count {
            order = order[first...].filter { exchanges[$0] != nil }
            first = 0
        }
    }

    mutating func popFirst() -> Exchange? {
        while first < order.count {
            let id = order[first]
            first += 1
            if let exchange = exchanges.removeValue(forKey: id) { return exchange }
        }
        order.removeAll(keepingCapacity: true)
        first = 0
        return nil
    }

    mutating func remove(_ id: UInt64) -> Exchange? {
        exchanges.removeValue(forKey: id)
    }
}
