package import Core

/// What every job handler works with.
package struct JobEnvironment: Sendable {
    /// The queue.
    package var jobs: any JobStore
    /// The caches.
    package var caches: any CacheStore
    /// The buckets.
    package var stores: any ObjectStoreProvider
    /// The limits and times.
    package var settings: WorkerSettings
    /// Takes what is worth noticing.
    package var observe: Observe

    /// All of it.
    package init(
        jobs: any JobStore, caches: any CacheStore, stores: any ObjectStoreProvider, settings: WorkerSettings,
        observe: @escaping Observe
    ) {
        self.jobs = jobs
        self.caches = caches
        self.stores = stores
        self.settings = settings
        self.observe = observe
    }

    /// The settings of a job's cache, and its bucket.
    func open(_ job: Job) async throws -> (configuration: CacheConfiguration, store: any ObjectStore) {
        let configuration = try await caches.configuration(of: job.cache)
        return (configuration, try stores.store(for: configuration))
    }
}
