internal import Foundation
internal import Postgres

/// What `upload_file()` is told of each file of a command.
struct UploadRequest: Sendable {
    var cache: String
    var contentType: String?
    var metadata: [String: String] = [:]
    var cacheControl: String?
    var category: String?
    var ifExists: String?

    /// Enqueues jobs that only `worker` runs; gives their ids in the order of the files.
    func enqueue(_ files: [NamedFile], for worker: Int64, on connection: PostgresConnection) async throws -> [Int64] {
        let rows = try await connection.query(
            """
            select s3cache.pin_job(
                s3cache.upload_file(f.name, f.path, content_type => $4, metadata => $5::jsonb, cache_control => $6,
                    category => $7, if_exists => $8, cache => $9), $3) as id
            from unnest($1::text[], $2::text[]) with ordinality as f (name, path, place)
            order by f.place
            """,
            [
                .strings(files.map { Self.literal($0.filename) }), .strings(files.map(\.path)), .int64(worker),
                .string(orNull: contentType),
                .string(String(decoding: try JSONEncoder().encode(metadata), as: UTF8.self)),
                .string(orNull: cacheControl), .string(orNull: category), .string(orNull: ifExists), .string(cache),
            ])
        return try rows.map { try $0["id"] }
    }

    /// Braces in the names of files are no placeholders.
    private static func literal(_ filename: String) -> String {
        filename.replacing("{", with: "{{").replacing("}", with: "}}")
    }
}
