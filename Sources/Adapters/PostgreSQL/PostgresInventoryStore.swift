package import Core
package import Postgres

/// The staging of inventories in PostgreSQL. Rows go in and out by binary COPY.
package struct PostgresInventoryStore: InventoryStore {
    private let pool: PostgresPool

    /// The staging behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func beginStaging(createdAt: Timestamp, for job: Job) async throws -> InventoryStage {
        let stage: String = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.begin_inventory($1, $2, $3) as stage",
                [.int64(job.id), .int64(job.token), .int64(createdAt.microseconds)]
            ).only["stage"]
        }
        guard let known = InventoryStage(rawValue: stage) else { throw UnknownStage(name: stage) }
        return known
    }

    /// Thrown where the database is of another version.
    private struct UnknownStage: Error { var name: String }

    package func stage(
        _ objects: [ObjectSummary], droppingPrefixOfLength prefixLength: Int, for job: Job
    ) async throws {
        try await noticingLostClaim(of: job) {
            try await pool.withConnection { connection in
                try await connection.transaction { connection in
                    // What a crash of the server takes, the next attempt stages again.
                    try await connection.execute("set local synchronous_commit = off")
                    try await connection.query(
                        "select s3cache.hold_claim($1, $2)", [.int64(job.id), .int64(job.token)])
                    try await connection.copyIn(
                        """
                        copy s3cache.inventory_row (job_id, filename, size, etag, last_modified, storage_class)
                        from stdin (format binary)
                        """
                    ) { writer in
                        for object in objects {
                            try writer.beginRow(columns: 6)
                            writer.append(job.id)
                            writer.append(object.key.dropping(prefixOfLength: prefixLength).string)
                            writer.append(object.size)
                            writer.append(object.etag)
                            writer.append(unixMicroseconds: object.lastModified.microseconds)
                            writer.append(orNull: object.storageClass)
                        }
                    }
                }
            }
        }
    }

    package func finishStaging(for job: Job) async throws -> Int {
        do {
            let rows = try await noticingLostClaim(of: job) {
                try await pool.query(
                    "select s3cache.sort_inventory($1, $2) as sorted", [.int64(job.id), .int64(job.token)])
            }
            let sorted: Int64 = try rows.only["sorted"]
            return Int(sorted)
        } catch let error as PostgresError where error.code == .uniqueViolation {
            throw InventoryError(
                .malformed,
                "The inventory lists an object twice, so nothing of it was used; import a report as Amazon S3 wrote it."
            )
        }
    }

    package func staged(
        for job: Job, prefix: String, after: ObjectKey?, limit: Int
    ) async throws -> [ObjectSummary] {
        let after = try after.map { try "\(PostgresLiteral($0.string))" } ?? "null"
        let sql = """
            copy (
                select filename, size, etag, last_modified, storage_class
                from s3cache.listed_rows(\(job.id), \(job.token), \(after), \(limit))
            ) to stdout (format binary)
            """
        return try await noticingLostClaim(of: job) {
            try await pool.withConnection { connection in
                try await connection.copyOut(sql, into: [ObjectSummary]()) { rows, row in
                    rows.append(
                        ObjectSummary(
                            key: ObjectKey(prefix + (try row.text(0))), size: try row.int8(1), etag: try row.text(2),
                            lastModified: Timestamp(microseconds: try row.unixMicroseconds(3)),
                            storageClass: try row.isNull(4) ? nil : try row.text(4)))
                }
            }
        }
    }

    package func discard(for job: Job, after: ObjectKey?, limit: Int) async throws -> ObjectKey? {
        let last: String? = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.discard_inventory($1, $2, $3, $4) as last",
                [.int64(job.id), .int64(job.token), .int(limit), .string(orNull: after?.string)]
            ).only["last"]
        }
        return last.map { ObjectKey($0) }
    }
}
