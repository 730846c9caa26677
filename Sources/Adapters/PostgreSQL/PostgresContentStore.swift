package import Core
internal import Foundation
package import Postgres

/// The bytes in PostgreSQL: staged by uploads, kept for those who asked to read them.
package struct PostgresContentStore: ContentStore {
    private let pool: PostgresPool
    private let completions: UploadCompletions

    /// The bytes behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) {
        self.pool = pool
        completions = UploadCompletions(pool: pool)
    }

    package func stagedBytes(of job: Job) async throws -> [UInt8] {
        guard let size = job.arguments.size, size > Self.largestRow else {
            return try await staged("select s3cache.staged_bytes(\(job.id), \(job.token))", job)
        }
        return try await stagedBytes(of: job, in: 0..<size)
    }

    /// For as long as it lives, a connection has room for the largest row that it has received, and its bytes.
    private static let largestRow: Int64 = 256 << 10

    package func stagedBytes(of job: Job, in range: Range<Int64>) async throws -> [UInt8] {
        try await staged(
            """
            select s3cache.staged_piece(
                \(job.id), \(job.token), first, least(\(Self.largestRow), \(range.upperBound) - first))
            from pg_catalog.generate_series(
                \(range.lowerBound)::bigint, \(range.upperBound - 1), \(Self.largestRow)) first
            """, job)
    }

    /// All rows of a query, one after the other.
    private func staged(_ query: String, _ job: Job) async throws -> [UInt8] {
        // By COPY: a result in text form would be twice as long.
        let sql = "copy (\(query)) to stdout (format binary)"
        do {
            return try await noticingLostClaim(of: job) {
                try await pool.withConnection { connection in
                    try await connection.copyOut(sql, into: [UInt8]()) { bytes, row in
                        let piece = try row.bytes(0)
                        if bytes.isEmpty { bytes = piece } else { bytes += piece }
                    }
                }
            }
        } catch let error as PostgresError where error.code == .notInPrerequisiteState {
            throw JobFailure(code: "no_staged_bytes", message: error.message, isRetryable: false)
        }
    }

    package func complete(_ job: Job, uploaded object: UploadedObject) async throws -> Bool {
        // A bound row is written beside: that is its own transaction.
        guard job.arguments.row == nil else { return try await pool.completing(job, uploaded: object) }
        return try await completions.complete(job, uploaded: object)
    }

    package func noteAbsence(for job: Job) async throws {
        _ = try await noticingLostClaim(of: job) {
            try await pool.query("select s3cache.note_absence($1, $2)", [.int64(job.id), .int64(job.token)])
        }
    }

    package func ageOfFirstAttempt(at job: Job, toStore filename: ObjectKey, etag: String) async throws -> Duration? {
        let microseconds: Int64? = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select (extract(epoch from s3cache.age_of_first_attempt($1, $2, $3, $4)) * 1000000)::bigint as age",
                [.int64(job.id), .int64(job.token), .string(filename.string), .string(etag)]
            ).only["age"]
        }
        return microseconds.map { .microseconds($0) }
    }

    package func checkpoint(of job: Job, key: ObjectKey) async throws -> MultipartCheckpoint? {
        let text: String? = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.upload_checkpoint($1, $2, $3)::text as checkpoint",
                [.int64(job.id), .int64(job.token), .string(key.string)]
            ).only["checkpoint"]
        }
        return try text.map { try JSONDecoder().decode(MultipartCheckpoint.self, from: Data($0.utf8)) }
    }

    package func noteBeginning(of key: ObjectKey, for job: Job) async throws {
        try await save("{}", of: "", key, job)
    }

    package func save(_ checkpoint: MultipartCheckpoint, key: ObjectKey, for job: Job) async throws {
        try await save(try checkpoint.jsonText, of: checkpoint.uploadID, key, job)
    }

    private func save(_ checkpoint: String, of uploadID: String, _ key: ObjectKey, _ job: Job) async throws {
        _ = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.save_checkpoint($1, $2, $3, $4, $5)",
                [
                    .int64(job.id), .int64(job.token), .string(key.string), .string(uploadID), .string(checkpoint),
                ])
        }
    }

    package func name(_ job: Job, by content: HashedContent) async throws -> JobArguments? {
        do {
            let text: String? = try await noticingLostClaim(of: job) {
                try await pool.query(
                    "select s3cache.name_upload($1, $2, $3, $4, $5, $6)::text as arguments",
                    [
                        .int64(job.id), .int64(job.token), .int64(content.size), .string(content.format.rawValue),
                        .bytes(content.sha256), .bytes(orNull: content.md5),
                    ]
                ).only["arguments"]
            }
            return try text.map { try JSONDecoder().decode(JobArguments.self, from: Data($0.utf8)) }
        } catch let error as PostgresError where error.code == .invalidParameterValue {
            throw JobFailure(code: "invalid_arguments", message: error.message, isRetryable: false)
        }
    }

    package func leftovers(after jobID: Int64, limit: Int) async throws -> [LeftoverUpload] {
        let rows = try await pool.query(
            """
            select job_id, cache, object_key, nullif(upload_id, '') as upload_id,
                (extract(epoch from begun_at) * 1000000)::bigint as begun_at,
                (extract(epoch from noted_at) * 1000000)::bigint as noted_at
            from s3cache.leftover_uploads($1, $2)
            """, [.int64(jobID), .int(limit)])
        return try rows.map { row in
            let key: String = try row["object_key"]
            return LeftoverUpload(
                jobID: try row["job_id"], cache: try row["cache"], key: ObjectKey(key), uploadID: try row["upload_id"],
                begunAt: Timestamp(microseconds: try row["begun_at"]),
                notedAt: Timestamp(microseconds: try row["noted_at"]))
        }
    }

    package func forget(_ upload: LeftoverUpload) async throws {
        _ = try await pool.query(
            "select s3cache.forget_upload($1, $2, $3)",
            [.int64(upload.jobID), .string(upload.key.string), .string(upload.uploadID ?? "")])
    }

    package func completeDeletion(_ job: Job) async throws -> Bool {
        try await pool.yielding(
            for: job, call: "s3cache.complete_deletion($1, $2)", [.int64(job.id), .int64(job.token)]) != nil
    }

    package func noteCopy(_ etag: String, of source: String, for job: Job) async throws {
        _ = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.note_copy($1, $2, $3, $4)",
                [.int64(job.id), .int64(job.token), .string(etag), .string(source)])
        }
    }

    package func completeRenaming(_ job: Job, to object: ObjectSummary) async throws -> Bool {
        try await pool.yielding(
            for: job, call: "s3cache.complete_rename($1, $2, $3, $4, $5, $6, $7)",
            [
                .int64(job.id), .int64(job.token), .string(object.etag), .int64(object.size),
                .int64(object.lastModified.microseconds), .string(orNull: object.storageClass),
                .string(orNull: object.contentType),
            ]) != nil
    }

    package func note(_ purge: PurgeOutcome, for job: Job) async throws {
        _ = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.note_purge($1, $2, $3)", [.int64(job.id), .int64(job.token), .string(purge.rawValue)])
        }
    }

    package func keep(_ piece: [UInt8], from start: Int64, for job: Job) async throws {
        _ = try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.keep_piece($1, $2, $3, $4)",
                [.int64(job.id), .int64(job.token), .int64(start), .bytes(piece)])
        }
    }

    package func complete(_ job: Job, read object: ReadObject?) async throws -> Bool {
        try await pool.yielding(
            for: job, call: "s3cache.complete_read($1, $2, $3, $4, $5, $6)",
            [
                .int64(job.id), .int64(job.token), .bytes(orNull: object?.rest), .string(orNull: object?.summary.etag),
                .string(orNull: object?.summary.contentType), .int64(object?.kept ?? 0),
            ]) != nil
    }
}
