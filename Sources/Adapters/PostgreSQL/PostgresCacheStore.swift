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
            select name, bucket, prefix, endpoint, region, addressing, credentials, acl, cache_control, storage_class
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
        return configuration
    }

    package func fence() async throws -> Fence {
        let rows = try await pool.withConnection {
            try await $0.query("select pg_catalog.pg_current_snapshot()::text as fence")
        }
        return Fence(rawValue: try rows.only["fence"])
    }

    package func rebuildPlan(for job: Job) async throws -> RebuildPlan {
        let rows = try await noticingLostClaim(of: job) {
            try await pool.withConnection {
                try await $0.query(
                    """
                    select cache_id, prefix, dry_run, force, max_delete_fraction, next_slice, upto, listed_all, direct,
                        counters, expected
                    from s3cache.rebuild_plan($1, $2)
                    """, [.int64(job.id), .int64(job.token)])
            }
        }
        let row = try rows.only
        let upto: String? = try row["upto"]
        let counters: String = try row["counters"]
        let expected: Int64? = try row["expected"]
        return RebuildPlan(
            cacheID: try row["cache_id"], prefix: try row["prefix"], isDryRun: try row["dry_run"],
            isForced: try row["force"], maxDeleteFraction: try row["max_delete_fraction"],
            nextSlice: try row["next_slice"], upto: upto.map { ObjectKey($0) }, hasListedAll: try row["listed_all"],
            isDirect: try row["direct"],
            counters: try JSONDecoder().decode(RebuildCounters.self, from: Data(counters.utf8)),
            expected: expected.map { Int($0) })
    }

    package func rows(of cacheID: Int32, in range: KeyRange) async throws -> [CachedRow] {
        let sql = """
            copy (
                select filename, size, etag, last_modified, storage_class, state = 'present'
                from s3cache.object
                where cache_id = \(cacheID) and location = 's3'\(try range.condition(on: "filename"))
                order by filename
            ) to stdout (format binary)
            """
        return try await pool.withConnection { connection in
            try await connection.transaction(readOnly: true) { connection in
                // A slice is a stretch of the unique index; without statistics the planner would read and sort the table.
                try await connection.execute(
                    "set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off")
                return try await connection.copyOut(sql, into: [CachedRow]()) { rows, row in
                    rows.append(try CachedRow(row))
                }
            }
        }
    }

    package func applyNextSlice(for job: Job) async throws -> ApplyOutcome {
        let rows = try await pool.yielding(
            for: job, call: "s3cache.apply_slice($1, $2) as slice", [.int64(job.id), .int64(job.token)])
        guard let rows else { return .blocked }
        let applied: Int64? = try rows.only["slice"]
        return applied == nil ? .finished : .applied
    }

    package func recordOrphans(for job: Job) async throws {
        try await call("select s3cache.record_orphans($1, $2)", [], for: job)
    }

    package func complete(_ job: Job, rebuilt: RebuildResult) async throws {
        try await call("select s3cache.complete_rebuild($1, $2, $3)", [.string(try rebuilt.jsonText)], for: job)
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
    private func call(_ sql: String, _ parameters: [PostgresValue], for job: Job) async throws -> PostgresRows {
        try await noticingLostClaim(of: job) {
            try await pool.withConnection {
                try await $0.query(sql, [.int64(job.id), .int64(job.token)] + parameters)
            }
        }
    }
}

extension CachedRow {
    /// A row of the COPY in `rows(of:in:)`.
    fileprivate init(_ row: borrowing BinaryCopyRow) throws {
        self.init(
            filename: ObjectKey(try row.text(0)),
            size: try row.isNull(1) ? nil : try row.int8(1),
            etag: try row.isNull(2) ? nil : try row.text(2),
            lastModified: try row.isNull(3) ? nil : Timestamp(microseconds: try row.unixMicroseconds(3)),
            storageClass: try row.isNull(4) ? nil : try row.text(4),
            isPresent: try row.bool(5))
    }
}

extension KeyRange {
    /// The range as conditions to append to a WHERE clause.
    fileprivate func condition(on column: String) throws -> String {
        let from =
            switch lower {
            case .first: ""
            case .from(let key): " and \(column) >= \(try PostgresLiteral(key.string))"
            case .after(let key): " and \(column) > \(try PostgresLiteral(key.string))"
            }
        let to =
            switch upper {
            case .last: ""
            case .through(let key): " and \(column) <= \(try PostgresLiteral(key.string))"
            case .before(let key): " and \(column) < \(try PostgresLiteral(key.string))"
            }
        return from + to
    }
}
