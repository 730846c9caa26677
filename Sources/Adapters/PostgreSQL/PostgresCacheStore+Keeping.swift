package import Core
internal import Postgres

extension PostgresCacheStore {
    package func stage(
        _ difference: CacheDiff, prefixLength: Int, ofSlice number: Int32, for job: Job, of plan: RebuildPlan
    ) async throws {
        try await noticingGoneRebuild(of: job) {
            try await noticingLostClaim(of: job) {
                try await pool.withConnection { connection in
                    try await connection.transaction { connection in
                        try await connection.execute("set local synchronous_commit = off")
                        // Holds the part too: what is staged for one that is gone nobody would remove.
                        try await connection.query(
                            "select count(*) from s3cache.ranges_to_list($1, $2)", [.int64(job.id), .int64(job.token)])
                        try await copy(
                            difference, prefixLength: prefixLength, ofSlice: number, of: plan, on: connection)
                    }
                }
            }
        }
    }

    package func keep(_ slice: ComparedSlice, for job: Job, of plan: RebuildPlan) async throws -> KeptSlice {
        try await noticingGoneRebuild(of: job) {
            try await noticingLostClaim(of: job) {
                try await pool.withConnection { connection in
                    if slice.isDirect, let kept = try await keepDirectly(slice, for: job, of: plan, on: connection) {
                        return kept
                    }
                    return try await connection.transaction { connection in
                        try await connection.execute("set local synchronous_commit = off")
                        try await copy(
                            slice.difference, prefixLength: slice.prefixLength, ofSlice: slice.number, of: plan,
                            on: connection)
                        return try await record(slice, isWritten: false, for: job, on: connection)
                    }
                }
            }
        }
    }

    /// Copies the slice's rows into the cache; nil if something stands in the way, and then nothing was written: an
    /// object deleted since the listing, a row that someone added meanwhile, or a lock.
    private func keepDirectly(
        _ slice: ComparedSlice, for job: Job, of plan: RebuildPlan, on connection: PostgresConnection
    ) async throws -> KeptSlice? {
        struct InTheWay: Error {}
        do {
            return try await connection.transaction { connection in
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
                let verifiedAt = plan.asOf?.microseconds ?? now
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
                        writer.append(unixMicroseconds: verifiedAt)
                    }
                }
                return try await record(slice, isWritten: true, for: job, on: connection)
            }
        } catch is InTheWay {
            return nil
        } catch let error as PostgresError where error.isLockConflict || error.code == .uniqueViolation {
            return nil
        }
    }

    private func copy(
        _ difference: CacheDiff, prefixLength: Int, ofSlice number: Int32, of plan: RebuildPlan,
        on connection: PostgresConnection
    ) async throws {
        guard difference.count > 0 else { return }
        try await connection.copyIn(
            """
            copy s3cache.rebuild_change (
                job_id, part, slice, remove, filename, size, etag, last_modified, storage_class
            ) from stdin (format binary)
            """
        ) { writer in
            for object in difference.written {
                try writer.beginRow(columns: 9)
                writer.append(plan.rebuildID)
                writer.append(plan.part)
                writer.append(number)
                writer.append(false)
                writer.append(object, prefixLength: prefixLength)
            }
            for filename in difference.removed {
                try writer.beginRow(columns: 9)
                writer.append(plan.rebuildID)
                writer.append(plan.part)
                writer.append(number)
                writer.append(true)
                writer.append(filename.string)
                for _ in 0..<4 { writer.appendNull() }
            }
        }
    }

    private func record(
        _ slice: ComparedSlice, isWritten: Bool, for job: Job, on connection: PostgresConnection
    ) async throws -> KeptSlice {
        let row = try await connection.query(
            "select wanted, listed from s3cache.record_pages($1, $2, $3, $4, $5, $6, $7, $8)",
            [.int64(job.id), .int64(job.token), .int64(Int64(slice.number)), .string(slice.fence.rawValue)]
                + slice.covered.bounds + [.int64s(slice.counters.numbers), .double(slice.seconds)]
        ).only
        let listed: Int64 = try row["listed"]
        return KeptSlice(isWritten: isWritten, isWanted: try row["wanted"], listed: Int(listed))
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
