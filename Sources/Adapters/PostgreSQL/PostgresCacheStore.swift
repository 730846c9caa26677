package import Core
internal import Foundation
package import Postgres

/// The caches in PostgreSQL. Rows are read and written by binary COPY; everything else is a function that
/// `s3cache_worker` may execute.
package struct PostgresCacheStore: CacheStore {
    let pool: PostgresPool

    /// The caches behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func configuration(of cache: String) async throws -> CacheConfiguration {
        let rows = try await pool.query(
            """
            select name, bucket, prefix, endpoint, region, addressing, credentials, acl, cache_control, storage_class, max_bytes, max_pixels,
                pg_catalog.to_json(allowed_types)::text as allowed_types, has_own_types, if_exists, cdn_base
            from s3cache.store_settings($1)
            """, [.string(cache)])
        guard let row = rows.first else {
            throw JobFailure(
                code: "no_such_cache", message: "The cache \(cache) was dropped after the job was enqueued.",
                isRetryable: false)
        }
        var configuration = CacheConfiguration(
            name: try row["name"], bucket: try row["bucket"], prefix: try row["prefix"])
        configuration.endpoint = try row["endpoint"]
        configuration.region = try row["region"]
        configuration.addressing = try row["addressing"]
        configuration.credentials = try row["credentials"]
        configuration.acl = try row["acl"]
        configuration.cacheControl = try row["cache_control"]
        configuration.storageClass = try row["storage_class"]
        let types: String = try row["allowed_types"]
        // Names that no format has are taken for none.
        let formats = try JSONDecoder().decode([String].self, from: Data(types.utf8)).compactMap {
            FileFormat(rawValue: $0)
        }
        configuration.content = ContentPolicy(
            maxBytes: try row["max_bytes"], maxPixels: try row["max_pixels"], allowedTypes: Set(formats))
        configuration.hasOwnTypes = try row["has_own_types"]
        let ifExists: String = try row["if_exists"]
        configuration.ifExists = IfExists(rawValue: ifExists) ?? .error
        configuration.cdnBase = try row["cdn_base"]
        return configuration
    }

    package func fence() async throws -> Fence {
        let rows = try await pool.withConnection {
            try await $0.query("select pg_catalog.pg_current_snapshot()::text as fence")
        }
        return Fence(rawValue: try rows.only["fence"])
    }

    package func rowsToVerify(for job: Job, after: ObjectKey?, limit: Int) async throws -> [ObjectKey] {
        let rows = try await call(
            "select filename from s3cache.rows_to_verify($1, $2, $3, $4) as filename",
            [.string(orNull: after?.string), .int(limit)], for: job)
        return try rows.map { ObjectKey(try $0["filename"]) }
    }

    package func record(_ verified: [VerifiedRow], fence: Fence, for job: Job) async throws -> Bool {
        let objects = verified.map(\.object)
        let parameters: [PostgresValue] = [
            .int64(job.id), .int64(job.token), .string(fence.rawValue),
            .strings(verified.map(\.filename.string)),
            .strings(objects.map { $0 == nil ? "false" : "true" }),
            .int64s(objects.map { $0?.size }),
            .strings(objects.map { $0?.etag }),
            .int64s(objects.map { $0?.lastModified.microseconds }),
            .strings(objects.map { $0?.storageClass }),
            .strings(objects.map { $0?.contentType }),
        ]
        return try await pool.yielding(
            for: job, call: "s3cache.record_verified($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", parameters) != nil
    }

    /// Calls a function that takes job and token first.
    @discardableResult
    func call(_ sql: String, _ parameters: [PostgresValue], for job: Job) async throws -> PostgresRows {
        try await noticingLostClaim(of: job) {
            try await pool.withConnection {
                try await $0.query(sql, [.int64(job.id), .int64(job.token)] + parameters)
            }
        }
    }
}
