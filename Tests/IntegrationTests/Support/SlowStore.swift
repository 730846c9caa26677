import Adapters

/// A store whose listings take their time.
enum SlowStore {
    /// 30 objects on as many pages.
    static func make() throws -> HookedStore {
        HookedStore(
            try MemoryStore(sorted: .made((0..<30).map { "k\($0)" }), pageLimit: 1),
            onRequest: { _, _ in try await Task.sleep(for: .milliseconds(10)) })
    }
}
