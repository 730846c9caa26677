package import Core
internal import Foundation
internal import Postgres

extension PostgresArchiveStore {
    package func verification(for job: Job) async throws -> BindingVerification {
        let row = try await query(
            "select verify_s3, check_local, total, root, state::text from s3cache.binding_verification($1, $2)", [],
            for: job
        ).only
        let looksForFiles: Bool = try row["check_local"]
        let state: String? = try row["state"]
        let progress =
            try state.map {
                try JSONDecoder().decode(BindingVerification.Progress.self, from: Data($0.utf8))
            }
            ?? BindingVerification.Progress(
                total: try row["total"], result: BindingVerifyResult(looksForFiles: looksForFiles))
        return BindingVerification(
            asksBucket: try row["verify_s3"], looksForFiles: looksForFiles, root: try row["root"], progress: progress)
    }

    package func removal(for job: Job) async throws -> RemovalPlan {
        let row = try await query("select total, root from s3cache.binding_verification($1, $2)", [], for: job).only
        return RemovalPlan(total: try row["total"], root: try row["root"])
    }

    package func boundRows(
        for job: Job, after row: String?, limit: Int, withObject: Bool
    ) async throws -> [BoundRow] {
        let rows = try await query(
            """
            select row_key, url, key, path, md5, media_type, kind
            from s3cache.bound_rows($1, $2, $3, $4, $5)
            """, [.bool(withObject), .string(orNull: row), .int(limit)], for: job)
        let urls: [String?] = try rows.map { try $0["url"] }
        let keys: [String?] = try rows.map { try $0["key"] }
        let filenames = try await noticingUnusableBinding {
            try await pool.query(
                "select b.filename from pg_catalog.unnest(s3cache.bound_filenames($1, $2, $3)) as b (filename)",
                [.string(orNull: job.arguments.binding), .strings(urls), .strings(keys)])
        }
        return try zip(rows, filenames).map { row, named in
            let id: String = try row["row_key"]
            let filename: String? = try named["filename"]
            let file = ArchiveRow(
                id: id, key: nil, path: try row["path"], md5: try row["md5"], mediaType: try row["media_type"],
                kind: try row["kind"])
            return BoundRow(id: id, url: try row["url"], filename: filename.map { ObjectKey($0) }, file: file)
        }
    }

    package func fetchRows(for job: Job, after row: String?, limit: Int) async throws -> FetchRowsPage? {
        let page = try await query(
            """
            select last_row, looked_at, enqueued, pending, backing_off, problems::text
            from s3cache.fetch_next_rows($1, $2, $3, $4)
            """, [.string(orNull: row), .int(limit)], for: job
        ).only
        guard let last: String = try page["last_row"] else { return nil }
        let problems: String = try page["problems"]
        var result = FetchRowsResult()
        result.rows = try page["looked_at"]
        result.enqueued = try page["enqueued"]
        result.pending = try page["pending"]
        result.backingOff = try page["backing_off"]
        result.problems = try JSONDecoder().decode([ArchiveProblem].self, from: Data(problems.utf8))
        return FetchRowsPage(last: last, result: result)
    }

    package func save(_ progress: BindingVerification.Progress, for job: Job) async throws {
        _ = try await query(
            "select s3cache.save_archive($1, $2, $3)", [.string(try progress.jsonText)], for: job)
    }
}
