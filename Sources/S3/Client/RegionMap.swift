internal import Synchronization

/// The regions that buckets turned out to be in. It holds at most `capacity`; when there are more, it begins anew.
final class RegionMap: Sendable {
    private let capacity: Int
    private let regions = Mutex<[String: String]>([:])

    init(capacity: Int = 1_000) {
        self.capacity = max(1, capacity)
    }

    subscript(bucket: String) -> String? { regions.withLock { $0[bucket] } }

    func keep(_ region: String, of bucket: String) {
        regions.withLock { regions in
            if regions.count >= capacity, regions[bucket] == nil { regions.removeAll(keepingCapacity: true) }
            regions[bucket] = region
        }
    }

    func forget(_ bucket: String) { regions.withLock { $0[bucket] = nil } }
}
