package import Core
internal import Foundation
package import Postgres

/// Rows of users' own tables, read and written as the role that the worker connects as.
package struct PostgresArchiveStore: ArchiveStore {
    let pool: PostgresPool

    /// The tables behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func plan(for job: Job) async throws -> ArchivePlan {
        let row = try await query(
            "select total, batch_size, is_dry_run, root, environment, state::text from s3cache.archive_plan($1, $2)",
            [],
            for: job
        ).only
        let isDryRun: Bool = try row["is_dry_run"]
        let state: String? = try row["state"]
        let progress =
            try state.map { try JSONDecoder().decode(ArchiveProgress.self, from: Data($0.utf8)) }
            ?? ArchiveProgress(ArchiveResult(total: try row["total"], isDryRun: isDryRun))
        return ArchivePlan(
            batchSize: try row["batch_size"], isDryRun: isDryRun, root: try row["root"],
            environment: try row["environment"], progress: progress)
    }

    package func rows(for job: Job, after place: ArchivePlace?, limit: Int) async throws -> [ArchiveRow] {
        let rows = try await query(
            """
            select row_key, row_time, key, path, md5, media_type, kind
            from s3cache.rows_to_archive($1, $2, $3, $4, $5)
            """, [.string(orNull: place?.time), .string(orNull: place?.id), .int(limit)], for: job)
        return try rows.map { row in
            ArchiveRow(
                id: try row["row_key"], time: try row["row_time"], key: try row["key"], path: try row["path"],
                md5: try row["md5"], mediaType: try row["media_type"], kind: try row["kind"])
        }
    }

    package func urls(of filenames: [ObjectKey], for job: Job) async throws -> [String] {
        try await noticingUnusableBinding {
            try await pool.query(
                "select u.url from pg_catalog.unnest(s3cache.written_urls($1, $2)) as u (url)",
                [.string(orNull: job.arguments.binding), .strings(filenames.map(\.string))]
            ).map { try $0["url"] }
        }
    }

    package func record(
        _ files: [ArchivedFile], _ progress: ArchiveProgress, for job: Job
    ) async throws -> ArchiveProgress? {
        try await noticingUnusableBinding {
            try await pool.yielding(for: job) { connection in
                var recorded = progress
                if !files.isEmpty { recorded.result.rowsUpdated += try await write(files, for: job, on: connection) }
                try await connection.query(
                    "select s3cache.save_archive($1, $2, $3)",
                    [.int64(job.id), .int64(job.token), .string(try recorded.jsonText)])
                return recorded
            }
        }
    }

    package func keep(_ files: [ArchivedFile], for job: Job) async throws -> Bool {
        let isKept = try await pool.yielding(for: job) { connection -> Bool in
            try await keep(files, for: job, on: connection)
            return true
        }
        return isKept != nil
    }

    /// Gives the number of rows that got a URL.
    private func write(_ files: [ArchivedFile], for job: Job, on connection: PostgresConnection) async throws -> Int {
        try await keep(files, for: job, on: connection)
        return try await connection.query(
            "select s3cache.write_urls($1, $2, $3) as number",
            [
                .string(orNull: job.arguments.binding), .strings(files.map(\.row)),
                .strings(files.map(\.filename.string)),
            ]
        ).only["number"]
    }

    private func keep(_ files: [ArchivedFile], for job: Job, on connection: PostgresConnection) async throws {
        let objects = files.map(\.object)
        try await connection.query(
            "select s3cache.record_archived($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [
                .int64(job.id), .int64(job.token), .strings(files.map(\.filename.string)),
                .strings(objects.map(\.summary.etag)),
                .int64s(objects.map(\.summary.size)),
                .int64s(objects.map(\.summary.lastModified.microseconds)),
                .strings(objects.map(\.summary.storageClass)),
                .strings(objects.map(\.summary.contentType)),
                .strings(objects.map { $0.sha256?.hexadecimal }),
                .int64s(objects.map { $0.size.map { Int64($0.width) } }),
                .int64s(objects.map { $0.size.map { Int64($0.height) } }),
            ])
    }

    func query(_ sql: String, _ parameters: [PostgresValue], for job: Job) async throws -> PostgresRows {
        try await noticingUnusableBinding {
            try await noticingLostClaim(of: job) {
                try await pool.query(sql, [.int64(job.id), .int64(job.token)] + parameters)
            }
        }
    }
}
