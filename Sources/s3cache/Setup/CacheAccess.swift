internal import Adapters
internal import Core
internal import Postgres

/// A cache's bucket, opened by a command itself.
struct CacheAccess {
    let configuration: CacheConfiguration
    let bucket: any ObjectStore

    /// Asks the database where the cache's bucket is. Throws what the command is to print.
    static func open(_ cache: String) async throws -> CacheAccess {
        let stores = try ObjectStoreSetup()
        try await Database.connect().close()
        let pool = PostgresPool(Database.settings(), maximum: 1)
        let configuration: CacheConfiguration
        do {
            configuration = try await PostgresCacheStore(pool: pool).configuration(of: cache)
        } catch let failure as JobFailure where failure.code == "no_such_cache" {
            await pool.close()
            throw CommandFailure(message: "There is no cache \(cache); TABLE s3cache.cache lists the caches.")
        }
        await pool.close()
        return CacheAccess(configuration: configuration, bucket: try stores.provider.store(for: configuration))
    }
}
