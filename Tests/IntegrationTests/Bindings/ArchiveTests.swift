import Adapters
import Core
import Foundation
import Postgres
import TestSupport
import Testing
import Worker

/// The files of bound rows, archived into a store in memory: where they are found, what is refused, and what is counted.
@Suite(.timeLimit(.minutes(15))) struct ArchiveTests {
    private func archive(
        _ rig: Rig, _ media: MediaTable, _ store: any ObjectStore, _ options: String = ""
    ) async throws -> JobStatus {
        var rig = rig
        rig.files = try FileRoots(media.home.path)
        let id: Int64 = try await rig.session.connection.query("select s3cache.archive('post_media'\(options))").only[0]
        try await rig.run(try await rig.claim(.archive), store)
        let status = try await rig.session.status(of: id)
        #expect(status.state == "done", "\(status)")
        return status
    }

    private func summary(_ status: JobStatus) -> [Int] {
        ["total", "found", "missing", "attempted", "successful", "failed", "rows_updated"].map { status.count($0) }
    }

    private func codes(_ rig: Rig, _ status: JobStatus) async throws -> [String] {
        try await rig.session.texts(
            """
            select p ->> 'row' || ' ' || (p ->> 'code') from s3cache.jobs j, jsonb_array_elements(j.result -> 'problems') p
            where j.id = \(status.id) order by 1
            """)
    }

    /// By the row's path, by MD5 and media type, by MD5 alone; and what is checked before anything is stored.
    @Test func filesAreFoundInThreeSteps() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let store = MemoryStore()
            try await media.add("byPath", path: "cache/media/images/\(try await media.file(1)).png")
            try await media.add("byType", path: "/gone/\(1).png", md5: try await media.file(2))
            try await media.add("byMD5", md5: try await media.file(3), type: "application/octet-stream")
            try await media.add("upper", md5: try await media.file(4).uppercased(), type: nil)
            try await media.add(
                "absolute", path: media.home.path(of: "cache/media/images/\(try await media.file(5)).png"))
            try await media.add("missing", path: "cache/media/images/none.png", md5: String(repeating: "0", count: 32))
            try await media.add("nothing")
            try await media.add(
                "otherMD5", path: "cache/media/images/\(try await media.file(6)).png", md5: try await media.file(7))
            try await media.add("otherType", md5: try await media.file(8), type: "image/jpeg")
            try await media.add("unsafe", path: "../\(URL(fileURLWithPath: media.home.path).lastPathComponent)/x.png")
            let outside = try TemporaryDirectory()
            let secret = try outside.write(MediaTable.image(9), to: "secret.png")
            try FileManager.default.createSymbolicLink(
                atPath: media.home.path(of: "cache/media/images/link.png"), withDestinationPath: secret)
            try await media.add("link", path: "cache/media/images/link.png")
            try await media.add("outside", path: secret)

            let status = try await archive(rig, media, store)
            #expect(summary(status) == [12, 7, 5, 7, 5, 2, 5])
            #expect(
                try await codes(rig, status) == [
                    "link file_not_found", "missing file_not_found", "nothing file_not_found",
                    "otherMD5 checksum_mismatch", "otherType content_type_mismatch", "outside file_not_found",
                    "unsafe file_not_found",
                ])
            let expected = [
                "byPath": 1, "byType": 2, "byMD5": 3, "upper": 4, "absolute": 5,
            ]
            for (row, number) in expected {
                let key = "cache/2025/12/\(try await media.md5(MediaTable.image(number))).png"
                #expect(try await media.urls().contains("\(row) s3://social-tui/\(key)"))
                #expect(try await store.get(ObjectKey(key), limit: 10_000) == MediaTable.image(number))
            }
            #expect(try await store.list(ListingRequest()).objects.count == 5)
            #expect(try await rig.session.present() == store.expectedRows())
            #expect(
                try await rig.session.number(
                    "select count(*) from s3_image_cache where width is null or sha256 is null") == 0)
            #expect(
                try await rig.session.number(
                    "select count(*) from post_media where updated_at is not null or file_size is not null") == 0)
        }
    }

    /// Refuses what has a key with this word in it.
    private struct Scanner: ContentScanner {
        let word: String

        func scan(_ object: HookedObject, next: @escaping @Sendable () async throws -> [UInt8]?) async throws {
            var size: Int64 = 0
            while let bytes = try await next() { size += Int64(bytes.count) }
            #expect(size == object.size)
            guard object.key.string.contains(word) else { return }
            throw JobFailure(code: "scan_refused", message: "No.", isRetryable: false)
        }
    }

    /// A root that may not be entered in part.
    private struct GuardedFiles: LocalFiles {
        let base: FileRoots
        var isEmpty: Bool { base.isEmpty }
        var canRemove: Bool { base.canRemove }

        func open(_ path: String) async throws -> any LocalFile {
            try check(path)
            return try await base.open(path)
        }

        func names(in directory: String, of stems: Set<String>) async throws -> [String] {
            try check(directory)
            return try await base.names(in: directory, of: stems)
        }

        func remove(_ file: any LocalFile, at path: String, isDryRun: Bool) async throws -> Int64 {
            try await base.remove(file, at: path, isDryRun: isDryRun)
        }

        private func check(_ path: String) throws {
            guard path.contains("guarded") || path.hasSuffix("documents") else { return }
            throw StoreError(
                .accessDenied, "Could not open it (Permission denied).", operation: "UploadFile", bucket: path)
        }
    }

    @Test func anOddPathFailsItsOwnRow() async throws {
        try await Rig.use { rig in
            var rig = rig
            let media = try await MediaTable(rig.session)
            rig.files = GuardedFiles(base: try FileRoots(media.home.path))
            let long = String(repeating: "x", count: 256)
            try await media.add("good", path: "cache/media/images/\(try await media.file(1)).png")
            try await media.add("guarded", path: "cache/media/guarded/a.png")
            try await media.add("guardedFolder", kind: "document", md5: String(repeating: "0", count: 32), type: nil)
            try await media.add("longName", path: "cache/media/images/\(long)")
            try await media.add("longFolder", path: "cache/\(long)/a.png")
            try await media.add("longPath", path: String(repeating: "cache/", count: 1_000) + "a.png")
            try await media.add("belowFile", path: "cache/media/images/\(try await media.file(1)).png/a.png")
            try await media.add("control", path: "cache/media/images/a\u{1}\n.png")
            try await media.add("slashes", path: "///")
            try await media.add("last", path: "cache/media/images/\(try await media.file(2)).png", createdAt: nil)
            let id: Int64 = try await rig.session.connection.query("select s3cache.archive('post_media')").only[0]
            try await rig.run(try await rig.claim(.archive), MemoryStore())
            let status = try await rig.session.status(of: id)
            #expect(status.state == "done", "\(status)")
            #expect(summary(status) == [10, 5, 5, 5, 2, 3, 2])
            #expect(
                try await codes(rig, status) == [
                    "belowFile file_not_found", "control file_not_found", "guarded access_denied",
                    "guardedFolder file_not_found", "longFolder invalid_key", "longName invalid_key",
                    "longPath file_not_found", "slashes file_not_found",
                ])
        }
    }

    @Test func filesAreScannedBeforeTheyAreStored() async throws {
        try await Rig.use { base in
            var rig = base
            let media = try await MediaTable(rig.session)
            let (clean, infected) = (try await media.file(1), try await media.file(2))
            try await media.add("clean", md5: clean)
            try await media.add("infected", md5: infected)
            rig.scanner = Scanner(word: infected)
            let store = MemoryStore()
            let status = try await archive(rig, media, store)
            #expect(try await codes(rig, status) == ["infected scan_refused"])
            #expect(try await store.list(ListingRequest()).objects.map(\.key.string) == ["cache/2025/12/\(clean).png"])
        }
    }

    @Test func whatIsArchivedIsNotUploadedAgain() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let puts = Shared(0)
            let store = HookedStore(MemoryStore(), onPut: { _ in puts.withLock { $0 += 1 } })
            for number in 1...7 { try await media.add("m\(number)", md5: try await media.file(number)) }
            #expect(
                summary(try await archive(rig, media, store, ", limit_rows => 3, batch_size => 2")) == [
                    3, 3, 0, 3, 3, 0, 3,
                ])
            #expect(summary(try await archive(rig, media, store, ", batch_size => 2")) == [4, 4, 0, 4, 4, 0, 4])
            #expect(puts.value == 7)
            #expect(summary(try await archive(rig, media, store)) == [0, 0, 0, 0, 0, 0, 0])
            #expect(puts.value == 7)
            try await media.add("m8", md5: try await media.file(8))
            #expect(summary(try await archive(rig, media, store)) == [1, 1, 0, 1, 1, 0, 1])
            #expect(summary(try await archive(rig, media, store, ", force => true")) == [8, 8, 0, 8, 8, 0, 8])
            #expect(puts.value == 16)
            #expect(try await rig.session.number("select count(*) from s3_image_cache") == 8)
        }
    }

    @Test func aDryRunChangesNothingAndShowsWhatWouldBe() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let store = MemoryStore()
            let md5 = try await media.file(1)
            try await media.add("m1", md5: md5)
            try await media.add("m2", path: "cache/media/images/none.png")
            let status = try await archive(rig, media, store, ", dry_run => true")
            #expect(summary(status) == [2, 1, 1, 0, 0, 0, 0])
            let shown = try await rig.session.texts(
                "select f ->> 'path' || ' ' || (f ->> 'url') from s3cache.jobs, jsonb_array_elements(result -> 'files') f where id = \(status.id)"
            )
            #expect(shown == ["cache/media/images/\(md5).png s3://social-tui/cache/2025/12/\(md5).png"])
            #expect(try await store.list(ListingRequest()).objects.isEmpty)
            #expect(try await media.urls() == ["m1 -", "m2 -"])
            #expect(try await rig.session.number("select count(*) from s3_image_cache") == 0)
        }
    }

    /// The others go on, and the next run uploads what failed.
    @Test func aFailedUploadLeavesItsRow() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let refused = try await media.md5(MediaTable.image(3))
            let isRefusing = Shared(true)
            let memory = MemoryStore()
            let store = HookedStore(
                memory,
                onPut: { key in
                    guard isRefusing.value, key.string.contains(refused) else { return }
                    throw StoreError(.unavailable, "No.", operation: "PutObject", bucket: "b", key: key)
                })
            for number in 1...5 { try await media.add("m\(number)", md5: try await media.file(number)) }
            let status = try await archive(rig, media, store)
            #expect(summary(status) == [5, 5, 0, 5, 4, 1, 4])
            #expect(try await codes(rig, status) == ["m3 unavailable"])
            #expect(try await rig.session.number("select count(*) from post_media where archive_url is null") == 1)
            isRefusing.withLock { $0 = false }
            #expect(summary(try await archive(rig, media, store)) == [1, 1, 0, 1, 1, 0, 1])
            #expect(try await rig.session.present() == memory.expectedRows())
        }
    }

    @Test func aRowWithoutATimeHasItsFiles() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            let md5 = try await media.file(1)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_709_164_800)],
                ofItemAtPath: media.home.path(of: "cache/media/images/\(md5).png"))
            try await media.add("m1", md5: md5, createdAt: nil)
            #expect(summary(try await archive(rig, media, MemoryStore())) == [1, 1, 0, 1, 1, 0, 1])
            #expect(try await media.urls() == ["m1 s3://social-tui/cache/2024/02/\(md5).png"])
        }
    }

    /// A bucket that goes away in the third batch: what was counted stays counted, and what was not written down is done again.
    @Test func anArchiveGoesOnWhereItWas() async throws {
        try await Rig.use { rig in
            var rig = rig
            let media = try await MediaTable(rig.session)
            rig.files = try FileRoots(media.home.path)
            for number in 1...9 {
                try await media.add(
                    "m\(number)", md5: number == 2 ? String(repeating: "f", count: 32) : try await media.file(number))
            }
            let memory = MemoryStore()
            let late = try await media.md5(MediaTable.image(7))
            let isAway = Shared(true)
            let store = HookedStore(
                memory,
                onPut: { key in
                    if isAway.value, key.string.contains(late) {
                        throw StoreError(.endpointUnreachable, "Gone.", operation: "PutObject", bucket: "b", key: key)
                    }
                })
            let id: Int64 = try await rig.session.connection.query(
                "select s3cache.archive('post_media', batch_size => 3)"
            ).only[0]
            try await rig.run(try await rig.claim(.archive), store)
            #expect(try await rig.session.status(of: id).state == "waiting")
            let written = try await rig.session.number("select count(*) from post_media where archive_url is not null")
            #expect(written == 5)
            isAway.withLock { $0 = false }
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.archive), store)
            let status = try await rig.session.status(of: id)
            #expect(summary(status) == [9, 8, 1, 8, 8, 0, 8], "\(status)")
            #expect(try await rig.session.present() == memory.expectedRows())
            #expect(try await memory.list(ListingRequest()).objects.count == 8)
        }
    }

    /// That is no matter of single rows.
    @Test func aWorkerWithoutFilesSaysSo() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            try await media.add("m1", path: "cache/media/images/a.png")
            let id: Int64 = try await rig.session.connection.query("select s3cache.archive('post_media')").only[0]
            try await rig.run(try await rig.claim(.archive), MemoryStore())
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "file_not_allowed", "\(status)")
        }
    }

    /// What a binding does not name is not looked at.
    @Test func aPathIsEnough() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            try await rig.session.connection.query(
                """
                select s3cache.bind('post_media', key => 'cache/{file}', url_column => 'archive_url', url_style => 'key',
                    path_column => 'local_file_path')
                """)
            let md5 = try await media.file(1)
            try await media.add("m1", path: "cache/media/images/\(md5).png", md5: "none", type: "image/jpeg")
            #expect(summary(try await archive(rig, media, MemoryStore())) == [1, 1, 0, 1, 1, 0, 1])
            #expect(try await media.urls() == ["m1 cache/\(md5).png"])
        }
    }

    @Test func aTableThatRefusesIsTold() async throws {
        try await Rig.use { rig in
            var rig = rig
            let media = try await MediaTable(rig.session)
            rig.files = try FileRoots(media.home.path)
            try await media.add("m1", md5: try await media.file(1))
            let id: Int64 = try await rig.session.connection.query("select s3cache.archive('post_media')").only[0]
            try await rig.session.run("alter table post_media rename column archive_url to url")
            try await rig.run(try await rig.claim(.archive), MemoryStore())
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "binding_unusable", "\(status)")
            #expect(
                status.error
                    == "The binding post_media cannot be used: public.post_media has no column archive_url any more.")
        }
    }

    /// What is in the bucket has its rows in the cache; the job says why its own rows have none, and the next run writes them.
    @Test func filesWhoseURLsAreRefusedAreCachedAllTheSame() async throws {
        try await Rig.use { rig in
            let media = try await MediaTable(rig.session)
            var workers = rig
            workers.files = try FileRoots(media.home.path)
            for number in 1...3 { try await media.add("m\(number)", md5: try await media.file(number)) }
            try await rig.session.run("alter table post_media add constraint none check (archive_url is null)")
            let store = MemoryStore()
            let id: Int64 = try await rig.session.connection.query("select s3cache.archive('post_media')").only[0]
            try await workers.run(try await rig.claim(.archive), store)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "binding_unusable", "\(status)")
            #expect(try await store.everything().count == 3)
            #expect(try await rig.session.present() == store.expectedRows())
            try await rig.session.run("alter table post_media drop constraint none")
            #expect(summary(try await archive(rig, media, store)) == [3, 3, 0, 3, 3, 0, 3])
            #expect(try await store.everything().count == 3)
        }
    }
}
