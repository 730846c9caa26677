package import Core

/// Gives the buckets of another provider, read only.
package struct DryRunStoreProvider: ObjectStoreProvider {
    private let base: any ObjectStoreProvider

    /// The same buckets as `base` gives.
    package init(_ base: any ObjectStoreProvider) { self.base = base }

    package func store(for configuration: CacheConfiguration) throws -> any ObjectStore {
        DryRunStore(try base.store(for: configuration))
    }
}
