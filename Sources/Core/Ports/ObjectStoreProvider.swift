/// Finds the bucket that belongs to a cache.
public protocol ObjectStoreProvider: Sendable {
    /// The store for a cache with these settings. Throws `StoreError` where they are no use.
    func store(for configuration: CacheConfiguration) throws -> any ObjectStore
}
