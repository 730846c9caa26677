@testable import Core

/// Keys that can be listed, written and deleted, as the one server sees them.
struct SortedBucket {
    private(set) var keys: [ObjectKey]
    let pageSize: Int

    init(_ keys: [ObjectKey], pageSize: Int) {
        self.keys = Set(keys).sorted()
        self.pageSize = pageSize
    }

    func page(after: ObjectKey?, prefix: String) -> (keys: [ObjectKey], hasMore: Bool) {
        let start = index { key in after.map { key > $0 } ?? (key >= ObjectKey(prefix)) }
        let page = keys[start...].prefix(pageSize).prefix { $0.hasPrefix(prefix) }
        let next = start + page.count
        return (Array(page), next < keys.count && keys[next].hasPrefix(prefix))
    }

    mutating func put(_ key: ObjectKey) {
        let place = index { $0 >= key }
        if place == keys.count || keys[place] != key { keys.insert(key, at: place) }
    }

    mutating func delete(at index: Int) -> ObjectKey { keys.remove(at: index) }

    private func index(where holds: (ObjectKey) -> Bool) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if holds(keys[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
