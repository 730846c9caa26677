internal import Adapters
internal import Core
internal import Postgres

/// A cache's bucket, opened by a command itself.
struct CacheAccess {
    let configuration: CacheConfiguration
    let bucket: any ObjectStore
    /// Where this machine keeps copies of what buckets have not taken yet; nil if nowhere.
    let copies: DirectoryCopies?
    /// The path of the copy of the file that the bucket has not taken yet; nil if it has.
    let copyPlace: String?

    /// Asks the database where the cache's bucket is, and where the file is that is to be read. Throws what the command is to
    /// print.
    static func open(_ cache: String, toRead filename: String) async throws -> CacheAccess {
        let stores = try ObjectStoreSetup()
        try await Database.connect().close()
        let pool = PostgresPool(Database.settings(), maximum: 1)
        let configuration: CacheConfiguration
        let copyPlace: String?
        do {
            configuration = try await PostgresCacheStore(pool: pool).configuration(of: cache)
            copyPlace = try await pool.query(
                "select s3cache.local_copy_of($1, $2) as place", [.string(filename), .string(cache)]
            ).only["place"]
        } catch let failure as JobFailure where failure.code == "no_such_cache" {
            await pool.close()
            throw CommandFailure(message: "There is no cache \(cache); TABLE s3cache.cache lists the caches.")
        }
        await pool.close()
        return CacheAccess(
            configuration: configuration, bucket: try stores.provider.store(for: configuration),
            copies: stores.copies, copyPlace: copyPlace)
    }
}
