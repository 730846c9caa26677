package import Core
internal import Postgres

extension PostgresCacheStore {
    package func keep(_ slice: ComparedSlice, for job: Job, of plan: RebuildPlan) async throws -> Bool {
        try await noticingLostClaim(of: job) {
            try await pool.withConnection { connection in
                if slice.isDirect, try await keepDirectly(slice, for: job, of: plan, on: connection) { return true }
                try await stage(slice, for: job, on: connection)
                return false
            }
        }
    }

    /// Copies the slice's rows into the cache; false if something stands in the way, and then nothing was written: an
    /// object deleted since the listing, a row that someone added meanwhile, or a lock.
    private func keepDirectly(
        _ slice: ComparedSlice, for job: Job, of plan: RebuildPlan, on connection: PostgresConnection
    ) async throws -> Bool {
        struct InTheWay: Error {}
        do {
            try await connection.transaction { connection in
                // The job's end commits synchronously, and everything before it with it; a crash of the server before that
                // starts the rebuild afresh.
                try await connection.execute(
                    "set local lock_timeout = '\(PostgresPool.lockTimeout)'; set local synchronous_commit = off")
                let row = try await connection.query(
                    """
                    select s3cache.may_copy($1, $2, $3, $4) as may,
                        (extract(epoch from pg_catalog.clock_timestamp()) * 1000000)::bigint as now
                    """,
                    [
                        .int64(job.id), .int64(job.token), .int64(Int64(plan.cacheID)),
                        .string(slice.fence.rawValue),
                    ]
                ).only
                guard try row["may"] as Bool else { throw InTheWay() }
                let now: Int64 = try row["now"]
                try await connection.copyIn(
                    """
                    copy s3cache.object (
                        cache_id, filename, size, etag, last_modified, storage_class, state, verified_at
                    ) from stdin (format binary)
                    """
                ) { writer in
                    for object in slice.difference.written {
                        try writer.beginRow(columns: 8)
                        writer.append(plan.cacheID)
                        writer.append(object, prefixLength: slice.prefixLength)
                        writer.append("present")
                        writer.append(unixMicroseconds: now)
                    }
                }
                try await record(slice, isDirect: true, for: job, on: connection)
            }
            return true
        } catch is InTheWay {
            return false
        } catch let error as PostgresError where error.isLockConflict || error.code == .uniqueViolation {
            return false
        }
    }

    /// Stages the slice's differences with its checkpoint.
    private func stage(_ slice: ComparedSlice, for job: Job, on connection: PostgresConnection) async throws {
        try await connection.transaction { connection in
            try await connection.execute("set local synchronous_commit = off")
            if !slice.difference.written.isEmpty || !slice.difference.removed.isEmpty {
                try await connection.copyIn(
                    """
                    copy s3cache.rebuild_change (
                        job_id, slice, remove, filename, size, etag, last_modified, storage_class
                    ) from stdin (format binary)
                    """
                ) { writer in
                    for object in slice.difference.written {
                        try writer.beginRow(columns: 8)
                        writer.append(job.id)
                        writer.append(slice.number)
                        writer.append(false)
                        writer.append(object, prefixLength: slice.prefixLength)
                    }
                    for filename in slice.difference.removed {
                        try writer.beginRow(columns: 8)
                        writer.append(job.id)
                        writer.append(slice.number)
                        writer.append(true)
                        writer.append(filename.string)
                        for _ in 0..<4 { writer.appendNull() }
                    }
                }
            }
            try await record(slice, isDirect: false, for: job, on: connection)
        }
    }

    private func record(
        _ slice: ComparedSlice, isDirect: Bool, for job: Job, on connection: PostgresConnection
    ) async throws {
        // A slice that had to be staged does not make a direct rebuild an ordinary one.
        try await connection.query(
            "select s3cache.record_slice($1, $2, $3, $4, $5, $6, $7)",
            [
                .int64(job.id), .int64(job.token), .int64(Int64(slice.number)), .string(slice.fence.rawValue),
                .string(orNull: slice.upto?.string), .bool(isDirect), .string(try slice.counters.jsonText),
            ])
    }
}

extension BinaryCopyWriter {
    /// filename, size, etag, last_modified, storage_class
    fileprivate mutating func append(_ object: ObjectSummary, prefixLength: Int) {
        append(object.key.dropping(prefixOfLength: prefixLength).string)
        append(object.size)
        append(object.etag)
        append(unixMicroseconds: object.lastModified.microseconds)
        append(orNull: object.storageClass)
    }
}
