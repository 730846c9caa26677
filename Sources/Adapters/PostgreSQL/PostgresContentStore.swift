package import Core
package import Postgres

/// The bytes in PostgreSQL: staged by uploads, kept for those who asked to read them.
package struct PostgresContentStore: ContentStore {
    private let pool: PostgresPool

    /// The bytes behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func stagedBytes(of job: Job) async throws -> [UInt8] {
        // By COPY: a result in text form would be twice as long.
        let sql = "copy (select s3cache.staged_bytes(\(job.id), \(job.token))) to stdout (format binary)"
        do {
            let rows = try await noticingLostClaim(of: job) {
                try await pool.withConnection { connection in
                    try await connection.copyOut(sql, into: [[UInt8]]()) { rows, row in rows.append(try row.bytes(0)) }
                }
            }
            return rows.first ?? []
        } catch let error as PostgresError where error.code == .notInPrerequisiteState {
            throw JobFailure(code: "no_staged_bytes", message: error.message, isRetryable: false)
        }
    }

    package func complete(_ job: Job, uploaded object: ObjectSummary, sha256: [UInt8]?) async throws -> Bool {
        try await pool.yielding(
            for: job, call: "s3cache.complete_upload($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                .int64(job.id), .int64(job.token), .string(object.etag), .int64(object.size),
                .int64(object.lastModified.microseconds), .string(orNull: object.storageClass),
                .string(orNull: object.contentType), .bytes(orNull: sha256),
            ]) != nil
    }

    package func completeDeletion(_ job: Job) async throws -> Bool {
        try await pool.yielding(
            for: job, call: "s3cache.complete_deletion($1, $2)", [.int64(job.id), .int64(job.token)]) != nil
    }

    package func complete(_ job: Job, read contents: ObjectContents?) async throws -> Bool {
        try await pool.yielding(
            for: job, call: "s3cache.complete_read($1, $2, $3, $4, $5)",
            [
                .int64(job.id), .int64(job.token), .bytes(orNull: contents?.bytes),
                .string(orNull: contents?.summary.etag), .string(orNull: contents?.summary.contentType),
            ]) != nil
    }
}
