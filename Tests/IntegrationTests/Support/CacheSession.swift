import Core
import Postgres
import TestSupport

/// What a user's session does with a cache; each has a connection of its own.
struct CacheSession: Sendable {
    let connection: PostgresConnection

    /// Runs a statement with text parameters and throws its rows away.
    func run(_ sql: String, _ parameters: String...) async throws {
        try await connection.query(sql, parameters.map { .string($0) })
    }

    /// Lets uploads be of any kind, for tests that are about their way and not about what they are.
    func takeAnything(in cache: String = "s3_image_cache") async throws {
        try await run(
            "select s3cache.configure($1, allowed_types => '{jpeg,png,gif,webp,avif,heic,bmp,ico,tiff,text,json,csv,other}')",
            cache)
    }

    /// The number that a statement gives.
    func number(_ sql: String, _ parameters: String...) async throws -> Int {
        let number: Int64 = try await connection.query(sql, parameters.map { .string($0) }).only[0]
        return Int(number)
    }

    /// The text that a statement gives.
    func text(_ sql: String, _ parameters: String...) async throws -> String? {
        try await connection.query(sql, parameters.map { .string($0) }).only[0]
    }

    /// The bytes that a statement gives.
    func bytes(_ sql: String) async throws -> [UInt8]? { try await connection.query(sql).only[0] }

    /// The first column of a statement's rows.
    func texts(_ sql: String, _ parameters: String...) async throws -> [String] {
        try await connection.query(sql, parameters.map { .string($0) }).map { try $0[0] }
    }

    /// Every column of every cache's rows, in order.
    func dump() async throws -> [String] {
        try await texts("select row_to_json(o)::text from s3cache.object o order by cache_id, filename")
    }

    /// `filename|size|etag` of the rows in state present, in byte order.
    func present(in table: String = "s3_image_cache") async throws -> [String] {
        try await texts(
            "select filename || '|' || size || '|' || etag from \(table) where state = 'present' order by filename")
    }

    /// The filenames in a cache, in byte order.
    func filenames(in table: String = "s3_image_cache") async throws -> [String] {
        try await texts("select filename from \(table) order by filename")
    }

    /// Enqueues a rebuild; gives its id.
    func enqueueRebuild(
        _ cache: String = "s3_image_cache", prefix: String? = nil, dryRun: Bool = false, force: Bool = false,
        inventory: String? = nil
    ) async throws -> Int64 {
        try await connection.query(
            "select s3cache.rebuild($1, prefix => $2, dry_run => $3, force => $4, inventory => $5)",
            [.string(cache), .string(orNull: prefix), .bool(dryRun), .bool(force), .string(orNull: inventory)]
        ).only[0]
    }

    /// What `s3cache.jobs` says now.
    func status(of job: Int64) async throws -> JobStatus {
        try JobStatus(
            try await connection.query(
                "select \(JobStatus.columns) from s3cache.jobs where id = $1", [.int64(job)]
            ).only)
    }

    /// Waits until a job, or the one that it was merged into, has ended.
    func wait(for job: Int64, deadline: Duration = .seconds(60)) async throws -> JobStatus {
        var job = try await status(of: job)
        try await waitUntil(deadline: deadline, "the end of job \(job.id)") {
            job = try await status(of: job.id)
            if let survivor = job.supersededBy { job = try await status(of: survivor) }
            return job.hasEnded
        }
        return job
    }

    /// Adds rows by COPY-like bulk insert as a rebuild would have left them.
    func seedPresent(_ objects: [ObjectSummary], table: String = "s3_image_cache") async throws {
        try await connection.query(
            """
            insert into \(table) (filename, size, etag, last_modified, state, verified_at)
            select f, s, e, timestamptz 'epoch' + m * interval '1 microsecond', 'present', now()
            from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) as u (f, s, e, m)
            """,
            [
                .strings(objects.map(\.key.string)), .int64s(objects.map(\.size)), .strings(objects.map(\.etag)),
                .int64s(objects.map(\.lastModified.microseconds)),
            ])
    }
}
