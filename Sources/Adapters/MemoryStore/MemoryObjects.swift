internal import Core

/// What a `MemoryStore` holds.
struct MemoryObjects {
    /// Strictly ascending by key.
    private var rows: [ObjectSummary] = []
    /// The bytes of what was put; rows given at the start have none.
    private var contents: [ObjectKey: [UInt8]] = [:]
    private var version = 0

    /// Nothing.
    init() {}

    /// Rows without contents; nil unless they are strictly ascending.
    init?(sorted rows: [ObjectSummary]) {
        for index in rows.indices.dropFirst() where rows[index - 1].key >= rows[index].key { return nil }
        self.rows = rows
    }

    /// The first `limit` rows whose keys start with `prefix` and are greater than `after`.
    func page(prefix: String, after: ObjectKey?, limit: Int) -> ListingPage {
        let start = ObjectKey(prefix)
        let first =
            if let after, after >= start {
                firstIndex { $0 > after }
            } else {
                firstIndex { $0 >= start }
            }
        var end = first
        while end < rows.count, end - first < limit, rows[end].key.hasPrefix(prefix) { end += 1 }
        var page = ListingPage(objects: Array(rows[first..<end]))
        if end > first, end < rows.count, rows[end].key.hasPrefix(prefix) { page.next = .after(rows[end - 1].key) }
        return page
    }

    /// The row of a key.
    func summary(of key: ObjectKey) -> ObjectSummary? { index(of: key).map { rows[$0] } }

    /// The row of a key and its bytes, nil for a row that was given without.
    func contents(of key: ObjectKey) -> (summary: ObjectSummary, bytes: [UInt8]?)? {
        summary(of: key).map { ($0, contents[key]) }
    }

    /// Adds or replaces an object. The etag counts the writes, so that no two contents share one.
    mutating func put(_ key: ObjectKey, _ bytes: [UInt8], at time: Timestamp) -> ObjectSummary {
        version += 1
        let etag = String(version, radix: 16) + "-" + String(bytes.count, radix: 16)
        let row = ObjectSummary(key: key, size: Int64(bytes.count), etag: etag, lastModified: time)
        let index = firstIndex { $0 >= key }
        if index < rows.count, rows[index].key == key {
            rows[index] = row
        } else {
            rows.insert(row, at: index)
        }
        contents[key] = bytes
        return row
    }

    /// Removes an object if it exists.
    mutating func delete(_ key: ObjectKey) {
        guard let index = index(of: key) else { return }
        rows.remove(at: index)
        contents[key] = nil
    }

    private func index(of key: ObjectKey) -> Int? {
        let index = firstIndex { $0 >= key }
        return index < rows.count && rows[index].key == key ? index : nil
    }

    /// The first index whose key fulfils a condition that, once true, stays true.
    private func firstIndex(where isReached: (ObjectKey) -> Bool) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(rows[middle].key) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }
}
