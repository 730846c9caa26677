package import Core
package import Postgres

/// What PostgreSQL knows of copies that workers keep.
package struct PostgresCopyStore: CopyStore {
    private let pool: PostgresPool

    /// What is known behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func plan(_ place: String, onlyNew: Bool, for job: Job) async throws -> String? {
        try await noticingLostClaim(of: job) {
            try await pool.query(
                "select s3cache.plan_copy($1, $2, $3, $4) as place",
                [.int64(job.id), .int64(job.token), .string(place), .bool(onlyNew)]
            ).only["place"]
        }
    }

    package func keep(_ copy: UploadedObject, url: String, for job: Job) async throws -> Bool {
        let summary = copy.summary
        return try await pool.yielding(
            for: job, call: "s3cache.keep_copy($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                .int64(job.id), .int64(job.token), .string(url), .string(summary.etag), .int64(summary.size),
                .int64(summary.lastModified.microseconds), .string(orNull: summary.contentType),
                .bytes(orNull: copy.sha256), .int64(orNull: copy.size.map { Int64($0.width) }),
                .int64(orNull: copy.size.map { Int64($0.height) }),
            ]) != nil
    }

    package func places(for job: Job) async throws -> ReadPlaces {
        let row = try await noticingLostClaim(of: job) {
            try await pool.query(
                """
                select place, url, etag, size, pg_catalog.encode(sha256, 'hex') as sha256, content_type
                from s3cache.read_places($1, $2)
                """, [.int64(job.id), .int64(job.token)]
            ).only
        }
        var places = ReadPlaces()
        places.copy = try row["place"]
        places.url = try row["url"]
        places.etag = try row["etag"]
        places.size = try row["size"]
        let digits: String? = try row["sha256"]
        places.sha256 = digits.flatMap { [UInt8](hexadecimal: $0) }
        places.contentType = try row["content_type"]
        return places
    }

    package func ended(for age: Duration, after jobID: Int64, limit: Int) async throws -> [EndedCopy] {
        let rows = try await pool.query(
            "select job_id, place from s3cache.ended_copies($1 * interval '1 microsecond', $2, $3)",
            [.int64(Int64(age / .microseconds(1))), .int64(jobID), .int(limit)])
        return try rows.map { row in EndedCopy(jobID: try row["job_id"], place: try row["place"]) }
    }

    package func forget(_ copy: EndedCopy) async throws {
        _ = try await pool.query("select s3cache.forget_copy($1, $2)", [.int64(copy.jobID), .string(copy.place)])
    }
}
