import Core
import Foundation
import ImageFixtures
import Postgres
import TestSupport

/// The table and the files of an application that archives its media.
struct MediaTable {
    /// Where the application runs: its files lie in `cache/media` below.
    let home: TemporaryDirectory
    let session: CacheSession

    /// The table, bound as the application binds it, and no files.
    init(_ session: CacheSession) async throws {
        self.session = session
        home = try TemporaryDirectory()
        try await session.connection.execute(
            """
            create table post_media (
                media_id text primary key, post_id text not null, media_type text not null, media_url text not null,
                local_file_path text, md5_sum text, file_size integer, mime_type text, width integer, height integer,
                archive_url text, created_at timestamp, updated_at timestamp);
            create index idx_media_archive_url on post_media (archive_url) where archive_url is not null;
            select s3cache.configure(bucket => 'social-tui', region => 'us-east-1');
            select s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}',
                url_column => 'archive_url', url_style => 's3', path_column => 'local_file_path',
                md5_column => 'md5_sum', mime_column => 'mime_type', type_column => 'media_type', root => 'cache/media')
            """)
    }

    /// An image unlike all others.
    static func image(_ number: Int) -> [UInt8] {
        RasterImages.png(
            1 + number % 250, 1 + number / 250 % 250, before: [RasterImages.chunk("tEXt", Array("n=\(number)".utf8))])
    }

    /// The MD5 of bytes, as the database computes it.
    func md5(_ bytes: [UInt8]) async throws -> String {
        try await session.connection.query("select md5($1::bytea)", [.bytes(bytes)]).only[0]
    }

    /// Adds a row.
    func add(
        _ id: String, kind: String = "image", path: String? = nil, md5: String? = nil, type: String? = "image/png",
        createdAt: String? = "2025-12-01 10:00"
    ) async throws {
        try await session.connection.query(
            """
            insert into post_media (media_id, post_id, media_type, media_url, local_file_path, md5_sum, mime_type, created_at)
            values ($1, 'p', $2, 'u', $3, $4, $5, $6::timestamp)
            """,
            [
                .string(id), .string(kind), .string(orNull: path), .string(orNull: md5), .string(orNull: type),
                .string(orNull: createdAt),
            ])
    }

    /// Writes an image in `cache/media/images`, named by its MD5, and gives that.
    @discardableResult
    func file(_ number: Int, suffix: String = "png") async throws -> String {
        let bytes = Self.image(number)
        let md5 = try await md5(bytes)
        try home.write(bytes, to: "cache/media/images/\(md5).\(suffix)")
        return md5
    }

    /// The rows' URLs, in the order of the rows; nil for none.
    func urls() async throws -> [String] {
        try await session.texts(
            "select media_id || ' ' || coalesce(archive_url, '-') from post_media order by media_id")
    }
}
