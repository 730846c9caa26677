import Adapters
import Core
import TestSupport
import Testing

/// Prefixes are literal bytes: of a rebuild, and of a cache.
@Suite(.timeLimit(.minutes(15))) struct PrefixTests {
    @Test func rebuildOfAPrefixTouchesNothingElse() async throws {
        try await Rig.use { rig in
            let outside = ["1", "10/a", "1.", "10", "0/z", "1!", "10/", "2/a", "%", "_/a"]
            try await rig.session.seedPresent(.made(outside + ["1/stale"]))
            let before = try await rig.session.texts(
                "select row_to_json(o)::text from s3_image_cache o where not filename ^@ '1/' order by filename")
            let store = try MemoryStore(sorted: .made(["1/a", "1/b", "10/new", "0/new", "1"]), pageLimit: 1)
            let status = try await rig.rebuild(store, prefix: "1/", settings: .sliced(1))
            #expect(status.count("listed") == 2 && status.count("added") == 2 && status.count("removed") == 1)
            let after = try await rig.session.texts(
                "select row_to_json(o)::text from s3_image_cache o where not filename ^@ '1/' order by filename")
            #expect(after == before)
            #expect(
                try await rig.session.texts("select filename from s3_image_cache where filename ^@ '1/' order by 1")
                    == ["1/a", "1/b"])
            #expect(try await rig.session.text("select last_rebuild_at::text from s3cache.stats()") == nil)
        }
    }

    @Test(arguments: [
        "%", "_", "a%", "\\", "'", "é", "e", "e\u{301}", "\u{D7FF}", "\u{10FFFF}", "x\u{10FFFF}", "😀", " ",
    ])
    func oddPrefixesAreLiteral(prefix: String) async throws {
        try await Rig.use { rig in
            let all = ["", "x", "z", "\u{10FFFF}", "/", "\u{301}"].map { prefix + $0 }.filter { !$0.isEmpty }
            let others = ["a", "b", "z", "\u{E000}", "\u{FFFF}", "é", "f", "%%", "__", "x"].filter {
                !ObjectKey($0).hasPrefix(prefix)
            }
            try await rig.session.seedPresent(.made(others + [prefix + "stale"]))
            let store = try MemoryStore(sorted: .made(all + ["other-object"]), pageLimit: 2)
            #expect(try await rig.rebuild(store, prefix: prefix, settings: .sliced(2)).state == "done")
            #expect(
                try await rig.session.filenames().map { ObjectKey($0) } == (all + others).map { ObjectKey($0) }.sorted()
            )
        }
    }

    @Test func filenamesLeaveTheCachesPrefixOut() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure('s3_image_cache', prefix => 'img/')")
            let store = try MemoryStore(
                sorted: .made(["img", "img.x", "img/1/a", "img/1/b", "img/10/a", "img/z", "imgz", "other"]),
                pageLimit: 1)
            #expect(try await rig.rebuild(store, settings: .sliced(2)).count("listed") == 4)
            #expect(try await rig.session.filenames() == ["1/a", "1/b", "10/a", "z"])
            try await rig.session.run("delete from s3_image_cache")
            #expect(try await rig.rebuild(store, prefix: "1/", settings: .sliced(1)).count("listed") == 2)
            #expect(try await rig.session.filenames() == ["1/a", "1/b"])
            try await rig.session.run("select add_file_to_s3_cache('z')")
            try await rig.verifyAll(store)
            #expect(try await rig.session.filenames() == ["1/a", "1/b", "z"])
            #expect(try await rig.session.number("select count(*) from s3_image_cache where state = 'present'") == 3)
        }
    }

    /// S3 consoles make an object named like the folder; to the cache of that folder it has no filename.
    @Test(arguments: [1, 2, 1_000])
    func folderMarkerNamedLikeTheCachesPrefixIsLeftOut(sliceSize: Int) async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure('s3_image_cache', prefix => 'img/')")
            let store = try MemoryStore(sorted: .made(["img/", "img/a", "img/b"]), pageLimit: 1)
            for _ in 0..<2 {
                let status = try await rig.rebuild(store, settings: .sliced(sliceSize))
                #expect(status.state == "done", "\(status.error ?? "")")
                #expect(status.count("listed") == 2)
                #expect(try await rig.session.filenames() == ["a", "b"])
            }
            let alone = try MemoryStore(sorted: .made(["img/"]))
            #expect(try await rig.rebuild(alone, settings: .sliced(sliceSize)).count("removed") == 2)
        }
    }

    @Test func twoCachesOfOneBucketDoNotMix() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.create_cache('other', bucket => 'bucket', prefix => 'b/')")
            try await rig.session.seedPresent(.made(["stale-in-default"]))
            try await rig.session.seedPresent(.made(["stale-in-other"]), table: "other")
            let store = try MemoryStore(sorted: .made(["a", "b/a", "b/b"]))
            #expect(try await rig.rebuild(store, cache: "other").state == "done")
            #expect(try await rig.session.filenames(in: "other") == ["a", "b"])
            #expect(try await rig.session.filenames() == ["stale-in-default"])
            #expect(try await rig.rebuild(store).state == "done")
            #expect(try await rig.session.filenames() == ["a", "b/a", "b/b"])
            #expect(try await rig.session.filenames(in: "other") == ["a", "b"])
        }
    }
}
