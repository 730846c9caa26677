import Adapters
import Core
import ImageFixtures
import Postgres
import TestSupport
import Testing
import Worker

/// Uploads from SQL to a store in memory: what is refused, what becomes of what is there, and of workers that are lost.
@Suite(.timeLimit(.minutes(15))) struct UploadTests {
    private static let image = RasterImages.png(4, 3)
    private static let other = RasterImages.png(5, 6)

    private func upload(
        _ rig: Rig, _ name: String, _ bytes: [UInt8] = Self.image, _ options: String = ""
    ) async throws -> Int64 {
        try await rig.session.connection.query(
            "select s3cache.upload($1, $2\(options))", [.string(name), .bytes(bytes)]
        ).only[0]
    }

    private func uploaded(
        _ rig: Rig, _ store: any ObjectStore, _ name: String, _ bytes: [UInt8] = Self.image, _ options: String = ""
    ) async throws -> JobStatus {
        let id = try await upload(rig, name, bytes, options)
        try await rig.run(try await rig.claim(.upload), store)
        return try await rig.session.status(of: id)
    }

    /// What SQL cannot tell by the beginning of the bytes the worker can.
    @Test func whatIsNoSoundImageNeverReachesTheStore() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            var codes: Set<String> = []
            for file in HostileFiles.all where !file.needsSVG {
                let id: Int64
                do {
                    id = try await rig.session.connection.query(
                        "select s3cache.upload($1, $2, content_type => $3)",
                        [.string(file.key), .bytes(file.bytes), .string(orNull: file.declaredType)]
                    ).only[0]
                } catch let error as PostgresError {
                    #expect(error.code == SQLState(rawValue: "22023"), "\(file): \(error)")
                    continue
                }
                try await rig.run(try await rig.claim(.upload), store)
                let status = try await rig.session.status(of: id)
                #expect(status.state == "failed" && status.code == file.code, "\(file): \(status)")
                codes.insert(file.code)
            }
            #expect(codes.count >= 4, "\(codes)")
            #expect(try await store.list(ListingRequest()).objects.isEmpty)
            #expect(try await rig.session.filenames() == [])
        }
    }

    /// Whatever SQL says of bytes, the worker says too.
    @Test func databaseAndWorkerTellTheSameFormats() async throws {
        try await Rig.use { rig in
            let files = ImageCorpus.all.map { ($0.name, $0.bytes) } + HostileFiles.all.map { ($0.name, $0.bytes) }
            var known = 0
            for (name, bytes) in files {
                let told: String? = try await rig.session.connection.query(
                    "select s3cache.content_format($1)", [.bytes(bytes)]
                ).only[0]
                guard let told else { continue }
                known += 1
                #expect(told == ImageInspector.inspect(bytes).format.rawValue, "\(name)")
            }
            #expect(known > files.count * 3 / 4, "\(known) of \(files.count)")
            for format in FileFormat.allCases {
                guard let type = format.mediaType else { continue }
                let read = try await rig.session.text("select s3cache.media_type_format($1)", type)
                #expect(read == format.rawValue, "\(type)")
            }
            let settable = try await rig.session.text("select array_to_string(s3cache.known_types(), ' ')")
            let formats = FileFormat.allCases.filter { $0 != .empty }.map(\.rawValue)
            #expect(settable.map { Set($0.split(separator: " ").map(String.init)) } == Set(formats))
            let names = [
                "jpg", "JPEG", "jfif", "png", "apng", "gif", "webp", "avif", "heic", "heif", "tif", "bmp", "dib", "ico",
                "cur", "svg",
                "json", "html", "htm", "xhtml", "css", "js", "mjs", "txt", "csv", "md", "xml", "pdf", "zip", "gz", "7z",
                "tar", "psd",
                "jxl", "jp2", "mp4", "webm", "mov", "mkv", "mpg", "avi", "m4a", "flac", "ogg", "mp3", "wav", "woff",
                "woff2", "php",
                "exe", "sh", "com", "unknown", "",
            ]
            for name in names.map({ "a/b.\($0)" }) + ["a.png/b", ".png", "a/.png", "a..png", "png"] {
                let read = try await rig.session.text("select s3cache.extension_format($1)", name)
                #expect(read == FileFormat(extensionOf: ObjectKey(name))?.rawValue, "\(name)")
            }
        }
    }

    @Test func dimensionsAndTypeAreInTheRow() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            #expect(try await uploaded(rig, store, "a.png").state == "done")
            let row = try await rig.session.text(
                "select concat_ws('|', width, height, content_type, state) from s3_image_cache where filename = 'a.png'"
            )
            #expect(row == "4|3|image/png|present")
            #expect(try await store.get("a.png", limit: 1_000) == Self.image)
        }
    }

    @Test func settingsOfTheCacheDecide() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            try await rig.session.run("select s3cache.configure(max_pixels => 12)")
            #expect(try await uploaded(rig, store, "a.png").state == "done")
            let large = try await uploaded(rig, store, "b.png", Self.other)
            #expect(large.state == "failed" && large.code == "too_many_pixels")
            #expect(try await store.head("b.png") == nil)
        }
    }

    @Test(arguments: ["replace", "skip", "error"])
    func whatIsThereIsReplacedOrStays(rule: String) async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            try await store.put("a.png", Self.other)
            let status = try await uploaded(rig, store, "a.png", Self.image, ", if_exists => '\(rule)'")
            #expect(status.state == (rule == "error" ? "failed" : "done"), "\(status)")
            #expect(status.code == (rule == "error" ? "already_exists" : nil))
            #expect(try await store.get("a.png", limit: 1_000) == (rule == "replace" ? Self.image : Self.other))
            let skipped = try await rig.session.text(
                "select result ->> 'skipped' from s3cache.jobs where id = \(status.id)")
            #expect(skipped == (rule == "skip" ? "true" : nil))
            #expect(try await rig.session.filenames() == (rule == "error" ? [] : ["a.png"]))
            // Where nothing is, all of them upload.
            #expect(try await uploaded(rig, store, "b.png", Self.image, ", if_exists => '\(rule)'").state == "done")
            #expect(try await store.get("b.png", limit: 1_000) == Self.image)
        }
    }

    /// The bytes were stored, and then the worker was lost: the next one does not take them for somebody else's.
    @Test(arguments: ["skip", "error"]) func ownBytesAreNoConflict(rule: String) async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            let id = try await upload(rig, "a.png", Self.image, ", if_exists => '\(rule)'")
            let first = try await rig.register(lease: .seconds(1))
            let job = try await rig.claim(.upload, for: first)
            try await rig.contents.noteAbsence(for: job)
            try await store.put("a.png", Self.image)
            _ = try await rig.jobs.fail(job, JobFailure(code: "unavailable", message: "Lost.", isRetryable: true))
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.upload), store)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "done", "\(status)")
            let told = try await rig.session.text(
                "select concat_ws('|', result ->> 'skipped', result ->> 'width', result ->> 'sha256' is not null) from s3cache.jobs where id = \(id)"
            )
            #expect(told == "4|t")
        }
    }

    @Test func equalContentsAreStoredOnceUnderTheirHash() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            #expect(try await uploaded(rig, store, "{sha256}.{ext}").state == "done")
            let before = try await store.list(ListingRequest()).objects
            #expect(before.count == 1 && before[0].key.string.hasSuffix(".png"))
            let second = try await uploaded(rig, store, "{sha256}.{ext}")
            let skipped = try await rig.session.text(
                "select result ->> 'skipped' from s3cache.jobs where id = \(second.id)")
            #expect(skipped == "true")
            #expect(try await store.list(ListingRequest()).objects == before)
        }
    }

    /// Which may be readable by everyone.
    @Test func whatIsPrivateIsStoredAlsoWhereEqualContentsAre() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure(acl => 'public-read')")
            let store = MemoryStore()
            #expect(try await uploaded(rig, store, "{sha256}.{ext}").state == "done")
            let id = try await upload(rig, "{sha256}.{ext}", Self.image, ", category => 'PrivateData'")
            try await rig.run(try await rig.claim(.upload), store)
            let told = try await rig.session.text(
                "select state || ' ' || coalesce(result ->> 'skipped', 'stored') from s3cache.jobs where id = \(id)")
            #expect(told == "done stored")
            #expect(try await store.list(ListingRequest()).objects.count == 1)
        }
    }

    /// However much it is, little of it is in memory at a time.
    @Test func muchIsReadFromTheDatabasePieceByPiece() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let bytes = (0..<24 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) | 0x80 }
            var settings = WorkerSettings.small
            settings.memoryBudget = MemoryFootprint.streamed(Int64(bytes.count))
            let store = MemoryStore()
            let id = try await upload(rig, "large", bytes)
            try await rig.run(try await rig.claim(.upload), store, settings: settings)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "done", "\(status)")
            #expect(try await store.get("large", limit: bytes.count) == bytes)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
        }
    }

    /// What was stored in between is not taken for the job's own.
    @Test func stagedBytesAreThoseOfTheClaimAlone() async throws {
        try await Rig.use { rig in
            let id = try await upload(rig, "a.png")
            let job = try await rig.claim(.upload)
            #expect(try await rig.contents.stagedBytes(of: job, in: 1..<4) == Array(Self.image[1..<4]))
            var stranger = job
            stranger.token += 1
            await #expect(throws: ClaimLost(jobID: id)) {
                try await rig.contents.stagedBytes(of: stranger, in: 0..<1)
            }
        }
    }

    @Test func filesAreUploadedUnderTheNamesThatTheirContentsGive() async throws {
        try await Rig.use { base in
            let files = try TemporaryDirectory()
            var rig = base
            rig.files = try FileRoots(files.path)
            try files.write(Self.image, to: "photos/x")
            try files.write(Array("text".utf8), to: "photos/text.png")
            let store = MemoryStore()
            let id = try await rig.session.number("select s3cache.upload_file('p/{sha256:8}.{ext}', 'photos/x')")
            try await rig.run(try await rig.claim(.uploadFile), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "done", "\(status)")
            let name = try #require(try await rig.session.filenames().first)
            #expect(name.wholeMatch(of: /p\/[0-9a-f]{8}\.png/) != nil)
            #expect(try await store.get(ObjectKey(name), limit: 1_000) == Self.image)
            for (path, code) in [
                ("photos/text.png", "content_extension_mismatch"), ("photos/none", "file_not_found"),
                ("/etc/passwd", "file_not_allowed"),
            ] {
                let id = try await rig.session.number("select s3cache.upload_file('a.png', $1)", path)
                try await rig.run(try await rig.claim(.uploadFile), store)
                #expect(try await rig.session.status(of: Int64(id)).code == code)
            }
            #expect(try await store.list(ListingRequest()).objects.count == 1)
        }
    }
}
