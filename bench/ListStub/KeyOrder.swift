/// Brings keys into byte order.
enum KeyOrder {
    /// The eight bytes behind what all keys share decide nearly always.
    private struct Entry {
        let start: UInt64
        let index: Int
    }

    /// The keys' indices in byte order.
    static func sort(_ keys: Texts) -> [Int] {
        guard keys.count > 1 else { return Array(0..<keys.count) }
        if (1..<keys.count).allSatisfy({ keys.compare($0 - 1, with: keys[$0]) < 0 }) { return Array(0..<keys.count) }
        let shared = sharedPrefix(keys)
        var entries = (0..<keys.count).map { index in
            let key = keys[index].dropFirst(shared).prefix(8)
            let start = key.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Entry(start: key.isEmpty ? 0 : start << UInt64(8 * (8 - key.count)), index: index)
        }
        entries.sort { left, right in
            left.start == right.start ? keys.compare(left.index, with: keys[right.index]) < 0 : left.start < right.start
        }
        return entries.map(\.index)
    }

    private static func sharedPrefix(_ keys: Texts) -> Int {
        let first = keys[0]
        return (1..<keys.count).reduce(first.count) { shared, index in
            zip(first.prefix(shared), keys[index]).prefix { $0 == $1 }.count
        }
    }
}
