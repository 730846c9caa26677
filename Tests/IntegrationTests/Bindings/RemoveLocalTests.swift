import Adapters
import Core
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing
import Worker

/// The local files of archived rows go, each after its object was read and has the same bytes; nothing else goes.
@Suite(.timeLimit(.minutes(15))) struct RemoveLocalTests {
    /// A binding with archived rows, their files and their objects.
    private struct Archive {
        var rig: Rig
        let media: MediaTable
        let objects = MemoryStore()
        let opened = Shared<[String]>([])

        static func use(_ body: (Archive) async throws -> Void) async throws {
            try await Rig.use { rig in
                let media = try await MediaTable(rig.session)
                var archive = Archive(rig: rig, media: media)
                archive.rig.files = try FileRoots(media.home.path, removingAllBut: [])
                try await body(archive)
            }
        }

        func file(_ id: String) -> String { "cache/media/images/\(id).png" }

        func bytes(_ id: String) -> [UInt8] { Array("the bytes of \(id)".utf8) }

        func isThere(_ id: String) -> Bool { FileManager.default.fileExists(atPath: media.home.path(of: file(id))) }

        /// An archived row, its file and its object.
        func add(_ id: String, path: String? = nil, md5: String? = nil) async throws {
            try await media.add(id, path: path ?? file(id), md5: md5)
            if path == nil { try media.home.write(bytes(id), to: file(id)) }
            try await objects.put(ObjectKey("cache/\(id).png"), bytes(id))
            try await rig.session.run(
                "update post_media set archive_url = 's3://social-tui/cache/\(id).png' where media_id = '\(id)'")
        }

        /// Runs such a job.
        func remove(
            limit: Int? = nil, dryRun: Bool = false, onOpen: @escaping HookedStore.OpenHook = { $0 }
        ) async throws -> JobStatus {
            let opened = opened
            let store = HookedStore(
                objects,
                onOpen: { stream in
                    opened.withLock { $0.append(stream.summary.key.string) }
                    return try await onOpen(stream)
                })
            let worker = try await rig.register()
            let id = try await rig.session.number(
                """
                select s3cache.remove_local('post_media', \(worker.rawValue), \(limit.map(String.init) ?? "null"), \(dryRun))
                """)
            try await rig.run(try await rig.claim(.removeLocal, for: worker), store)
            return try await rig.session.status(of: Int64(id))
        }

        /// `checked removed shared kept missing different errors absent`.
        func sums(_ status: JobStatus) -> [Int] {
            ["checked", "removed", "shared", "kept", "missing", "different", "errors", "absent"].map {
                status.count($0)
            }
        }

        func problems(_ status: JobStatus) async throws -> [String] {
            try await rig.session.texts(
                """
                select concat_ws(' ', p ->> 'row', p ->> 'kind', p ->> 'code')
                from s3cache.jobs j, jsonb_array_elements(j.result -> 'problems') p
                where j.id = \(status.id) order by 1
                """)
        }
    }

    @Test func filesGoWhoseObjectsAreTheSameAndNoOthers() async throws {
        try await Archive.use { archive in
            let all = ["same", "gone", "other", "longer", "denied", "broken", "foreign", "sum", "fine"]
            for id in all { try await archive.add(id) }
            let session = archive.rig.session
            try await archive.objects.delete(ObjectKey("cache/gone.png"))
            try await archive.objects.put(ObjectKey("cache/other.png"), archive.bytes("OTHER"))
            try await archive.objects.put(ObjectKey("cache/longer.png"), archive.bytes("longer") + [0])
            try await session.run(
                "update post_media set archive_url = 's3://else/cache/foreign.png' where media_id = 'foreign'")
            try await session.run("update post_media set md5_sum = repeat('1', 32) where media_id = 'sum'")
            try await session.run(
                "update post_media set md5_sum = '\(try await archive.media.md5(archive.bytes("fine")).uppercased())' where media_id = 'fine'"
            )
            try await archive.media.add("unarchived", path: archive.file("unarchived"))
            try archive.media.home.write([1], to: archive.file("unarchived"))
            let before = try await session.texts("select p::text || xmin::text from post_media p order by 1")
            let hook: HookedStore.OpenHook = { stream in
                let key = stream.summary.key
                if key.string.contains("denied") {
                    throw StoreError(.accessDenied, "No.", operation: "GetObject", bucket: "b", key: key)
                }
                guard key.string.contains("broken") else { return stream }
                return ObjectStream(
                    summary: stream.summary,
                    chunks: AsyncThrowingStream { continuation in
                        continuation.yield([1])
                        continuation.finish(
                            throwing: StoreError(.unavailable, "Cut.", operation: "GetObject", bucket: "b", key: key))
                    })
            }
            let rehearsed = try await archive.remove(dryRun: true, onOpen: hook)
            #expect(archive.sums(rehearsed) == [9, 2, 0, 0, 1, 3, 3, 0])
            #expect(all.allSatisfy(archive.isThere), "a dry run removes nothing")
            let status = try await archive.remove(onOpen: hook)
            #expect(status.state == "done", "\(status)")
            #expect(archive.sums(status) == archive.sums(rehearsed))
            #expect(status.count("bytes_freed") == archive.bytes("same").count + archive.bytes("fine").count)
            #expect(
                try await archive.problems(status) == [
                    "broken error unavailable", "denied error access_denied", "foreign error invalid_url",
                    "gone missing no_such_key",
                    "longer different checksum_mismatch", "other different checksum_mismatch",
                    "sum different checksum_mismatch",
                ])
            #expect((all + ["unarchived"]).filter { !archive.isThere($0) } == ["same", "fine"])
            #expect(
                try await session.texts("select p::text || xmin::text from post_media p order by 1") == before,
                "the user's table is only read")
            let again = try await archive.remove(onOpen: hook)
            #expect(archive.sums(again) == [7, 0, 0, 0, 1, 3, 3, 2], "the next run finds what is left")
        }
    }

    @Test func aFileThatIsChangedWhileItsObjectIsReadStays() async throws {
        try await Archive.use { archive in
            for id in ["written", "replaced", "linked", "removed"] { try await archive.add(id) }
            let home = archive.media.home
            let status = try await archive.remove { stream in
                let name = stream.summary.key.string.replacing("cache/", with: "cache/media/images/")
                if name.contains("written") { try home.write(Array("THE BYTES OF written".utf8), to: name) }
                if name.contains("replaced") {
                    try home.write(archive.bytes("replaced"), to: "new")
                    #expect(rename(home.path(of: "new"), home.path(of: name)) == 0)
                }
                if name.contains("linked") {
                    #expect(rename(home.path(of: name), home.path(of: "kept")) == 0)
                    #expect(symlink(home.path(of: "kept"), home.path(of: name)) == 0)
                }
                if name.contains("removed") { #expect(unlink(home.path(of: name)) == 0) }
                return stream
            }
            #expect(archive.sums(status) == [4, 0, 0, 0, 0, 0, 4, 0])
            #expect(
                try await archive.problems(status) == [
                    "linked local_error file_changed", "removed local_error file_changed",
                    "replaced local_error file_changed", "written local_error file_changed",
                ])
            #expect(["written", "replaced", "linked"].allSatisfy(archive.isThere))
            #expect(FileManager.default.fileExists(atPath: home.path(of: "kept")))
        }
    }

    @Test func whatLiesOutsideOrBehindALinkIsNoFileOfTheRow() async throws {
        try await Archive.use { archive in
            let outside = try TemporaryDirectory()
            for id in ["up", "absolute", "link", "folder"] { try outside.write(archive.bytes(id), to: "\(id).png") }
            try archive.media.home.write([1], to: "cache/media/images/x")
            #expect(symlink(outside.path(of: "link.png"), archive.media.home.path(of: archive.file("link"))) == 0)
            #expect(symlink(outside.path, archive.media.home.path(of: "cache/outside")) == 0)
            try await archive.add("up", path: "../\(URL(fileURLWithPath: outside.path).lastPathComponent)/up.png")
            try await archive.add("absolute", path: outside.path(of: "absolute.png"))
            try await archive.add("link", path: archive.file("link"))
            try await archive.add("folder", path: "cache/outside/folder.png")
            let status = try await archive.remove()
            #expect(archive.sums(status) == [0, 0, 0, 0, 0, 0, 0, 4])
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).count == 4)
            #expect(archive.opened.value.isEmpty, "and no object was read for nothing")
        }
    }

    @Test func aFileThatARowWithoutObjectLeadsToStays() async throws {
        try await Archive.use { archive in
            for id in ["a", "b", "c", "d"] { try await archive.add(id) }
            // One is spelled otherwise; one has the file by its MD5, and no URL; one has a URL of another bucket.
            try await archive.add("z-lost", path: "./cache//media/images/a.png")
            try await archive.objects.delete(ObjectKey("cache/z-lost.png"))
            let md5 = try await archive.media.md5(archive.bytes("b"))
            try archive.media.home.write(archive.bytes("b"), to: archive.file(md5))
            try await archive.rig.session.run(
                "update post_media set local_file_path = '\(archive.file(md5))' where media_id = 'b'")
            try await archive.media.add("b-new", md5: md5)
            try await archive.media.add("c-foreign", path: archive.media.home.path(of: archive.file("c")))
            try await archive.rig.session.run(
                "update post_media set archive_url = 's3://else/c' where media_id = 'c-foreign'")
            let status = try await archive.remove()
            #expect(archive.sums(status) == [6, 1, 0, 3, 1, 0, 1, 0])
            #expect(["a", md5, "c", "d"].filter { !archive.isThere($0) } == ["d"])
            #expect(!archive.opened.value.contains("cache/b.png"), "what stays anyway is not read")
        }
    }

    @Test func aFileOfTwoArchivedRowsGoesOnce() async throws {
        try await Archive.use { archive in
            for id in ["a", "b"] { try await archive.add(id) }
            try await archive.add("a-too", path: archive.file("a"))
            try await archive.objects.put(ObjectKey("cache/a-too.png"), archive.bytes("a"))
            let status = try await archive.remove()
            #expect(archive.sums(status) == [3, 2, 1, 0, 0, 0, 0, 0])
            #expect(status.count("bytes_freed") == archive.bytes("a").count + archive.bytes("b").count)
            #expect(Set(archive.opened.value) == ["cache/a.png", "cache/a-too.png", "cache/b.png"])
            #expect(archive.opened.value.count == 3)
        }
    }

    @Test func aLimitIsOfFilesThatAreThere() async throws {
        try await Archive.use { archive in
            for number in 10...29 { try await archive.add("m\(number)") }
            for left in [15, 10, 5, 0] {
                let status = try await archive.remove(limit: 5)
                #expect(status.count("removed") == 5)
                #expect((10...29).count { archive.isThere("m\($0)") } == left)
            }
            #expect(try await archive.remove(limit: 5).count("absent") == 20)
        }
    }

    /// What an attempt has removed is not told by the next one: so there is none.
    @Test func aBucketThatIsAwayEndsTheJob() async throws {
        try await Archive.use { archive in
            for number in 1...20 { try await archive.add("m\(number)") }
            let status = try await archive.remove { stream in
                throw StoreError(
                    .endpointUnreachable, "Away.", operation: "GetObject", bucket: "b", key: stream.summary.key)
            }
            #expect(status.state == "failed" && status.code == "endpoint_unreachable", "\(status)")
            #expect((1...20).allSatisfy { archive.isThere("m\($0)") })
        }
    }

    /// Also where somebody gives such a job to it.
    @Test func anOrdinaryWorkerRemovesNothing() async throws {
        try await Archive.use { archive in
            var archive = archive
            archive.rig.files = try FileRoots(archive.media.home.path)
            try await archive.add("a")
            let status = try await archive.remove()
            #expect(status.state == "failed" && status.code == "file_not_allowed", "\(status)")
            #expect(archive.isThere("a") && archive.opened.value.isEmpty)
        }
    }

    @Test func aBindingHasToSayWhereItsObjectsAndFilesAre() async throws {
        try await Archive.use { archive in
            let session = archive.rig.session
            try await session.run("create table pages (id bigint primary key, url text)")
            let worker = try await archive.rig.register()
            for (columns, message) in [
                ("", "has no url_column"), (", url_column => 'url'", "does not say where files are"),
            ] {
                try await session.run("select s3cache.bind('pages', key => '{id}.png'\(columns))")
                await #expect {
                    try await session.run("select s3cache.remove_local('pages', \(worker.rawValue), null, false)")
                } throws: {
                    ($0 as? PostgresError)?.message.contains(message) == true
                }
            }
        }
    }
}
