/// Which statements a connection has prepared, by their text: the names and the order of their use.
///
/// It decides, the session acts: names are never used twice, so that a forgotten statement cannot be mistaken for
/// another.
struct StatementCache {
    private let limit: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    init(limit: Int) {
        self.limit = limit
    }

    var isEnabled: Bool { limit > 0 }

    /// The name under which `sql` is prepared, which counts as a use.
    mutating func name(of sql: String) -> String? {
        clock += 1
        entries[sql]?.lastUse = clock
        return entries[sql]?.name
    }

    /// A name that was never used on this connection.
    mutating func freshName() -> String {
        clock += 1
        return "swift_\(clock)"
    }

    /// Remembers a statement that the server has prepared. Returns the name of the one that must be deallocated to make
    /// room.
    mutating func insert(_ name: String, for sql: String) -> String? {
        let evicted = entries.count < limit ? nil : entries.min { $0.value.lastUse < $1.value.lastUse }
        if let evicted { entries[evicted.key] = nil }
        entries[sql] = Entry(name: name, lastUse: clock)
        return evicted?.value.name
    }

    /// Forgets a statement. Returns the name to deallocate.
    mutating func remove(_ sql: String) -> String? {
        entries.removeValue(forKey: sql)?.name
    }
}
