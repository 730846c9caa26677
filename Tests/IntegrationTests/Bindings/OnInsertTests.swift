import Adapters
import Core
import Foundation
import ImageFixtures
import Postgres
import TestSupport
import Testing
import Worker

/// New rows of bound tables are archived or fetched without anyone asking.
@Suite(.timeLimit(.minutes(15))) struct OnInsertTests {
    /// Ten thousand rows in transactions of many sizes: all are archived, by few jobs.
    @Test func newRowsAreArchived() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            var workers = rig
            workers.files = try FileRoots(media.home.path)
            let store = MemoryStore()
            let md5 = try await media.file(1)
            try await rig.session.run("select s3cache.on_insert('post_media', 'archive')")
            let insert = """
                insert into post_media (media_id, post_id, media_type, media_url, md5_sum, mime_type, created_at)
                select 'm' || n, 'p', 'image', 'u', '\(md5)', 'image/png', '2025-12-01' from generate_series
                """
            try await rig.session.run("\(insert)(1, 9000) n")
            for number in 9_001...9_050 { try await rig.session.run("\(insert)(\(number), \(number)) n") }
            try await workers.withWorker(store) {
                try await rig.session.run("\(insert)(9051, 10000) n")
                try await waitUntil(deadline: .seconds(240), "all rows have URLs") {
                    try await rig.session.number("select count(*) from post_media where archive_url is null") == 0
                }
            }
            #expect(
                try await rig.session.number(
                    "select count(*) from s3cache.jobs where kind = 'archive' and state = 'done'")
                    <= 3)
            #expect(
                try await rig.session.number("select count(distinct archive_url) from post_media") == 1,
                "equal files are one object")
            #expect(try await store.everything().count == 1)
        }
    }

    @Test func newRowsAreFetched() async throws {
        let image = RasterImages.png(3, 2)
        try await FetchSite.use { target in
            target.contains("gone") ? .status("404 Not Found") : .found(image)
        } _: { site in
            try await site.session.connection.execute(
                """
                create table post (id integer primary key, source text, url text, title text default 'mine');
                select s3cache.bind('post', key => 'post/{id}.png', url_column => 'url', url_style => 'key');
                select s3cache.on_insert('post', 'fetch', source_column => 'source')
                """)
            let worker = try site.startWorker()
            try await site.session.run(
                "insert into post (id, source) select n, $1 || '/' || n from generate_series(1, 20) n", site.host.origin
            )
            try await site.session.run("insert into post (id, source) values (21, $1)", site.host.origin + "/gone")
            try await site.session.run("insert into post (id) values (22)")
            try await waitUntil(deadline: .seconds(120), "every row that can has its URL") {
                try await site.session.number("select count(*) from post where url = 'post/' || id || '.png'") == 20
            }
            try await waitUntil(deadline: .seconds(60), "nothing is left to do") {
                try await site.session.number("select count(*) from s3cache.job") == 0
            }
            #expect(
                try await site.session.number("select count(*) from post where url is null and title = 'mine'") == 2)
            #expect(try await site.keys().count == 20)
            let asked = site.host.targets
            #expect(Set(asked).count == 21)
            // What failed is left alone for a while, and what has a URL for ever.
            try await site.session.run("insert into post (id, source) values (23, $1)", site.host.origin + "/23")
            try await waitUntil(deadline: .seconds(60), "the new row has its URL") {
                try await site.session.number("select count(*) from post where id = 23 and url is not null") == 1
            }
            #expect(site.host.targets.dropFirst(asked.count) == ["/23"])
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError.suffix(1_000))")
        }
    }
}
