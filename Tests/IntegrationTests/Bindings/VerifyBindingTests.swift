import Adapters
import Core
import Foundation
import Postgres
import TestSupport
import Testing
import Worker

/// The objects and files of bound rows, looked for: what is there, what is not, and what nobody knows.
@Suite(.timeLimit(.minutes(15))) struct VerifyBindingTests {
    private func verify(
        _ rig: Rig, _ store: any ObjectStore, _ options: String = "", binding: String = "post_media"
    ) async throws -> JobStatus {
        let id = try await rig.session.number("select s3cache.verify_binding('\(binding)'\(options))")
        try await rig.run(try await rig.claim(.verifyBinding), store)
        return try await rig.session.status(of: Int64(id))
    }

    private func sums(_ status: JobStatus) -> [Int] {
        ["checked", "present", "missing", "errors"].map { status.count($0) }
    }

    private func localSums(_ status: JobStatus) -> [Int] {
        ["local_checked", "local_present", "local_missing"].map { status.count($0) }
    }

    private func problems(_ rig: Rig, _ status: JobStatus, _ field: String = "code") async throws -> [String] {
        try await rig.session.texts(
            """
            select concat_ws(' ', p ->> 'row', p ->> 'kind', p ->> '\(field)')
            from s3cache.jobs j, jsonb_array_elements(j.result -> 'problems') p
            where j.id = \(status.id) order by 1
            """)
    }

    /// Rows `m1` … with URLs of objects `cache/1.png` …, every third of which is there.
    private func fill(_ rig: Rig, _ media: MediaTable, _ store: MemoryStore, rows: Int) async throws {
        for number in 1...rows {
            try await media.add("m\(number)")
            if number % 3 == 0 { try await store.put(ObjectKey("cache/\(number).png"), MediaTable.image(number)) }
        }
        try await rig.session.run(
            "update post_media set archive_url = 's3://social-tui/cache/' || substr(media_id, 2) || '.png'")
    }

    /// 403 and failures are none of missing, and neither is a URL that leads elsewhere.
    @Test func presentMissingAndErrorsAreKeptApart() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let memory = MemoryStore()
            try await fill(rig, media, memory, rows: 6)
            for (id, url) in [
                ("denied", "s3://social-tui/cache/denied.png"), ("slow", "s3://social-tui/cache/slow.png"),
                ("foreign", "s3://another/cache/3.png"), ("malformed", "cache/3.png"), ("empty", ""),
                ("bucket", "s3://social-tui/"),
                ("secret", "https://me:word@example.com/3.png?X-Amz-Signature=5ec4e7"),
                ("unarchived", nil),
            ] {
                try await media.add(id)
                if let url {
                    try await rig.session.run(
                        "update post_media set archive_url = '\(url)' where media_id = '\(id)'")
                }
            }
            let store = HookedStore(
                memory,
                onHead: { key in
                    if key.string.contains("denied") {
                        throw StoreError(.accessDenied, "No.", operation: "HeadObject", bucket: "b", key: key)
                    } else if key.string.contains("slow") {
                        throw StoreError(.unavailable, "Timed out.", operation: "HeadObject", bucket: "b", key: key)
                    }
                })
            let before = try await rig.session.texts("select p::text || xmin::text from post_media p order by 1")
            let status = try await verify(rig, store)
            #expect(status.state == "done", "\(status)")
            #expect(sums(status) == [13, 2, 4, 7])
            #expect(status.count("local_checked") == -1, "no file was looked for")
            #expect(
                try await problems(rig, status) == [
                    "bucket error invalid_url", "denied error access_denied", "empty error invalid_url",
                    "foreign error invalid_url", "m1 missing no_such_key", "m2 missing no_such_key",
                    "m4 missing no_such_key", "m5 missing no_such_key", "malformed error invalid_url",
                    "secret error invalid_url", "slow error unavailable",
                ])
            let places = try await problems(rig, status, "place")
            #expect(places.contains("m1 missing s3://social-tui/cache/1.png"))
            #expect(places.contains("secret error https://example.com/3.png"))
            #expect(
                try await rig.session.texts("select p::text || xmin::text from post_media p order by 1") == before,
                "the user's table is only read")
        }
    }

    /// What was cached of these objects is as true as the bucket then.
    @Test func theCacheLearnsWhatTheBucketSaid() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let store = MemoryStore()
            try await fill(rig, media, store, rows: 3)
            try await rig.session.run(
                """
                insert into s3cache.object (cache_id, filename, state, etag)
                values (1, 'cache/1.png', 'present', 'old'), (1, 'cache/3.png', 'unverified', null), (1, 'other', 'present', 'e')
                """)
            #expect(sums(try await verify(rig, store)) == [3, 1, 2, 0])
            #expect(
                try await rig.session.texts("select filename || ' ' || state from s3_image_cache order by filename")
                    == ["cache/1.png missing", "cache/3.png present", "other present"])
        }
    }

    @Test func filesAreLookedForAsArchivesDo() async throws {
        try await Rig.use { rig in
            var rig = rig
            let media = try await MediaTable(rig.session)
            rig.files = try FileRoots(media.home.path)
            try await media.add("byPath", path: "cache/media/images/\(try await media.file(1)).png")
            try await media.add("byType", path: "/gone/1.png", md5: try await media.file(2))
            try await media.add("byMD5", md5: try await media.file(3), type: "application/octet-stream")
            try await media.add("gone", path: "cache/media/images/none.png", md5: String(repeating: "0", count: 32))
            try await media.add("nothing")
            try await media.add("outside", path: "../secret.png")
            let status = try await verify(rig, MemoryStore(), ", verify_s3 => false, check_local => true")
            #expect(status.state == "done", "\(status)")
            #expect(sums(status) == [0, 0, 0, 0])
            #expect(localSums(status) == [6, 3, 3])
            #expect(
                try await problems(rig, status) == [
                    "gone local_missing file_not_found", "nothing local_missing file_not_found",
                    "outside local_missing file_not_found",
                ])
            try await rig.session.run(
                "update post_media set archive_url = 's3://social-tui/' || media_id where media_id like 'by%'")
            let both = try await verify(rig, MemoryStore(), ", check_local => true, limit_rows => 2")
            #expect(sums(both) == [2, 0, 2, 0] && localSums(both) == [2, 2, 0], "limit_rows is for each of the two")
        }
    }

    /// A worker that is lost in the middle: what it had counted stays counted, once.
    @Test func aVerificationGoesOnWhereItWas() async throws {
        try await Rig.use { rig in
            var rig = rig
            let media = try await MediaTable(rig.session)
            rig.files = try FileRoots(media.home.path)
            let memory = MemoryStore()
            try await fill(rig, media, memory, rows: 30)
            let heads = Shared(0)
            let store = HookedStore(
                memory,
                onHead: { key in
                    let count = heads.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 16 {
                        throw StoreError(.endpointUnreachable, "Gone.", operation: "HeadObject", bucket: "b", key: key)
                    }
                })
            let id = Int64(
                try await rig.session.number("select s3cache.verify_binding('post_media', check_local => true)"))
            try await rig.run(try await rig.claim(.verifyBinding), store)
            #expect(try await rig.session.status(of: id).state == "waiting", "that is no matter of single rows")
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.verifyBinding), store)
            let status = try await rig.session.status(of: id)
            #expect(sums(status) == [30, 10, 20, 0] && localSums(status) == [30, 0, 30], "\(status)")
            // Batches of seven: two were kept, and at most the one that was lost is asked for again.
            #expect((31...37).contains(heads.value), "\(heads.value)")
            #expect(
                try await rig.session.number(
                    "select jsonb_array_length(result -> 'problems') from s3cache.jobs where id = \(id)") == 50)
        }
    }

    /// Without a URL column the key template says where a row's object is.
    @Test func rowsWithoutURLsHaveTheirKeys() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            try await store.put(ObjectKey("p/14000.jpg"), MediaTable.image(1))
            try await store.put(ObjectKey("p/{odd}.jpg"), MediaTable.image(1))
            try await rig.session.connection.execute(
                """
                create table products (id integer primary key, partnumber text);
                insert into products values (1, '14000'), (2, '14001'), (3, '{odd}'), (4, null);
                select s3cache.configure(prefix => 'p/');
                select s3cache.bind('products', key => '{partnumber}.jpg')
                """)
            let status = try await verify(rig, store, binding: "products")
            #expect(sums(status) == [3, 2, 1, 0], "\(status)")
            #expect(try await problems(rig, status, "place") == ["2 missing p/14001.jpg"])
        }
    }

    @Test func aTableThatChangedIsTold() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            try await media.add("m1")
            let id = Int64(try await rig.session.number("select s3cache.verify_binding('post_media')"))
            try await rig.session.run("alter table post_media drop column archive_url")
            try await rig.run(try await rig.claim(.verifyBinding), MemoryStore())
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "binding_unusable", "\(status)")
        }
    }
}
