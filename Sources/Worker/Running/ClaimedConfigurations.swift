package import Core
internal import Synchronization

/// The settings of caches that several jobs of one claim are about: read once for all of these, after they were claimed.
package final class ClaimedConfigurations: Sendable {
    private let caches: any CacheStore
    /// By the claims' tokens.
    private let known = Mutex<[Int64: CacheConfiguration]>([:])

    /// Knows nothing yet.
    package init(_ caches: any CacheStore) { self.caches = caches }

    /// Reads what jobs share that were claimed just now. What cannot be read, each job asks for itself.
    func read(for jobs: [Job]) async {
        for (cache, sharing) in Dictionary(grouping: jobs, by: \.cache) where sharing.count > 1 {
            guard let configuration = try? await caches.configuration(of: cache) else { continue }
            known.withLock { known in
                for job in sharing { known[job.token] = configuration }
            }
        }
    }

    /// The settings that a job works with: no older than its claim.
    func configuration(for job: Job) async throws -> CacheConfiguration {
        if let configuration = known.withLock({ $0[job.token] }) { return configuration }
        return try await caches.configuration(of: job.cache)
    }

    /// The job has ended here.
    func forget(_ job: Job) {
        known.withLock { _ = $0.removeValue(forKey: job.token) }
    }
}
