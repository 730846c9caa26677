import Adapters
import Core
import Foundation
import ImageFixtures
import SigV4
import TestSupport
import Testing
import Worker

/// The operator's commands, run by a real shell: what a scanner refuses reaches no bucket, and a CDN hears of what changed.
@Suite(.timeLimit(.minutes(15))) struct OperatorCommandTests {
    private static let image = RasterImages.png(4, 3)
    private static let evil = RasterImages.png(6, 6)

    /// A folder with scripts, and with what they note.
    private struct Scripts {
        let folder: TemporaryDirectory

        init() throws { folder = try TemporaryDirectory() }

        /// A scanner that refuses one image, and notes what it has seen as `key sha256`.
        func scanner() throws -> [String: String] {
            try environment(
                "S3CACHE_SCAN_COMMAND",
                """
                sum=$(sha256sum | cut -c 1-64)
                echo "$S3CACHE_KEY $sum" >>\(folder.path)/seen
                test "$sum" != \(SHA256.hash(OperatorCommandTests.evil).hex)
                """)
        }

        /// A command that notes its object as `url key`, and then does what `end` says.
        func purger(_ end: String = "") throws -> [String: String] {
            try environment(
                "S3CACHE_PURGE_COMMAND", "echo \"$S3CACHE_URL $S3CACHE_KEY\" >>\(folder.path)/purged\n\(end)")
        }

        func environment(_ variable: String, _ script: String) throws -> [String: String] {
            let path = try folder.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "\(variable).sh")
            return [variable: "/bin/sh \(path)", "PATH": "/usr/bin:/bin"]
        }

        /// The lines that scripts have noted, in order.
        func lines(_ name: String) -> [String] {
            guard let text = try? String(contentsOfFile: folder.path(of: name), encoding: .utf8) else { return [] }
            return text.split(separator: "\n").map(String.init)
        }
    }

    private func upload(_ rig: Rig, _ name: String, _ bytes: [UInt8] = Self.image) async throws -> Int64 {
        try await rig.session.connection.query("select s3cache.upload($1, $2)", [.string(name), .bytes(bytes)]).only[0]
    }

    private func uploaded(
        _ rig: Rig, _ store: any ObjectStore, _ name: String, _ bytes: [UInt8] = Self.image
    ) async throws -> JobStatus {
        let id = try await upload(rig, name, bytes)
        try await rig.run(try await rig.claim(.upload), store, settings: .hasty)
        return try await rig.session.status(of: id)
    }

    private func purge(_ rig: Rig, _ job: Int64) async throws -> String? {
        try await rig.session.text("select result ->> 'purge' from s3cache.jobs where id = \(job)")
    }

    @Test func whatAScannerRefusesIsNeverAskedOfTheBucket() async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.scanner = try ScanCommand(environment: try scripts.scanner())
            // Whoever is to purge looks what is there: after the scan.
            rig.purger = try PurgeCommand(environment: try scripts.purger())
            rig.files = try FileRoots(scripts.folder.path)
            try scripts.folder.write(Self.evil, to: "evil")
            try scripts.folder.write(Self.image, to: "fine")
            let asked = Shared<[String]>([])
            let store = HookedStore(
                MemoryStore(), onHead: { key in asked.withLock { $0.append(key.string) } },
                onWrite: { key in asked.withLock { $0.append(key.string) } })
            let calls: [(JobKind, String, [UInt8], String)] = [
                (.upload, "upload", Self.evil, "s3cache.upload('a.png', '\\x\(Self.evil.hexadecimal)')"),
                (
                    .upload, "URI", Self.evil,
                    "s3cache.upload_data_uri('b.png', 'data:image/png;base64,\(Data(Self.evil).base64EncodedString())')"
                ),
                (.uploadFile, "file", Self.evil, "s3cache.upload_file('c.png', 'evil')"),
                (.upload, "upload", Self.image, "s3cache.upload('d.png', '\\x\(Self.image.hexadecimal)')"),
                (.uploadFile, "file", Self.image, "s3cache.upload_file('e.png', 'fine')"),
            ]
            for (kind, what, bytes, call) in calls {
                let id = try await rig.session.number("select \(call)")
                try await rig.run(try await rig.claim(kind), store)
                let status = try await rig.session.status(of: Int64(id))
                if bytes == Self.evil {
                    #expect(status.state == "failed" && status.code == "scan_refused", "\(what): \(status)")
                    #expect(status.retryable == "false")
                    #expect(asked.value == [], "\(what)")
                } else {
                    #expect(status.state == "done", "\(what): \(status)")
                }
            }
            #expect(try await store.everything().map(\.key.string) == ["d.png", "e.png"])
            #expect(try await rig.session.present().count == 2)
            let expected = try zip(["a", "b", "c", "d", "e"], calls).map { "\($0).png \(try SHA256.hash($1.2).hex)" }
            #expect(scripts.lines("seen") == expected)
            #expect(scripts.lines("purged") == [])
        }
    }

    /// With the real program, and by a download too.
    @Test func downloadsAreScannedBeforeTheyAreStored() async throws {
        try await FetchSite.use { target in
            .found(target == "/evil" ? Self.evil : Self.image)
        } _: { site in
            let scripts = try Scripts()
            let worker = try site.startWorker(environment: try scripts.scanner())
            defer { worker.kill() }
            let evil = try await site.session.wait(for: try await site.fetch("/evil", filename: "evil.png"))
            #expect(evil.state == "failed" && evil.code == "scan_refused", "\(evil)")
            let fine = try await site.session.wait(for: try await site.fetch("/fine", filename: "fine.png"))
            #expect(fine.state == "done", "\(fine)")
            #expect(try await site.keys() == ["fine.png"])
            #expect(scripts.lines("seen").count == 2)
        }
    }

    @Test func aScannerThatCannotTellIsAskedAgain() async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.scanner = try ScanCommand(
                environment: try scripts.environment(
                    "S3CACHE_SCAN_COMMAND",
                    "cat >/dev/null; test -e \(scripts.folder.path)/mended || { touch \(scripts.folder.path)/mended; exit 2; }"
                ))
            let store = MemoryStore()
            let status = try await uploaded(rig, store, "a.png")
            #expect(status.state == "waiting" && status.error?.contains("S3CACHE_SCAN_COMMAND") == true, "\(status)")
            #expect(try await store.head("a.png") == nil)
            try await rig.session.run("select s3cache.retry(\(status.id))")
            try await rig.run(try await rig.claim(.upload), store)
            #expect(try await rig.session.status(of: status.id).state == "done")
        }
    }

    @Test func theCDNHearsOfWhatIsReplacedRenamedOrDeleted() async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.purger = try PurgeCommand(environment: try scripts.purger())
            try await rig.session.run("select s3cache.configure(cdn_url => 'cdn.example.com', prefix => 'p/')")
            let store = MemoryStore()

            let new = try await uploaded(rig, store, "a b.png")
            #expect(new.state == "done")
            #expect(try await purge(rig, new.id) == nil)
            #expect(scripts.lines("purged") == [])

            let replaced = try await uploaded(rig, store, "a b.png", Self.evil)
            #expect(try await purge(rig, replaced.id) == "done")
            let line = "https://cdn.example.com/p/a%20b.png p/a b.png"
            #expect(scripts.lines("purged") == [line])

            let renamed = try await rig.session.number("select s3cache.rename_object('a b.png', 'ü.png')")
            try await rig.run(try await rig.claim(.renameObject), store)
            #expect(try await purge(rig, Int64(renamed)) == "done")
            #expect(scripts.lines("purged") == [line, line])

            let deleted = try await rig.session.number("select s3cache.delete_object('ü.png')")
            try await rig.run(try await rig.claim(.deleteObject), store)
            #expect(try await purge(rig, Int64(deleted)) == "done")
            #expect(scripts.lines("purged").last == "https://cdn.example.com/p/%C3%BC.png p/ü.png")
            #expect(scripts.lines("purged").count == 3)

            // Without a CDN the command still learns of the key.
            try await rig.session.run("select s3cache.reset('s3_image_cache', 'cdn_url')")
            try await rig.session.run("select s3cache.delete_object('x.png')")
            try await rig.run(try await rig.claim(.deleteObject), store)
            #expect(scripts.lines("purged").last == " p/x.png")
        }
    }

    /// What is there before and stays, or is the job's own from an attempt before.
    @Test(arguments: ["skip", "error"]) func whatStaysIsNotPurged(rule: String) async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.purger = try PurgeCommand(environment: try scripts.purger())
            try await rig.session.run("select s3cache.configure(if_exists => '\(rule)')")
            let store = MemoryStore()
            _ = try await uploaded(rig, store, "a.png")
            _ = try await uploaded(rig, store, "a.png", Self.evil)
            #expect(scripts.lines("purged") == [])
        }
    }

    @Test func aFailingPurgeNeitherLosesNorRepeatsTheWrite() async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.purger = try PurgeCommand(environment: try scripts.purger("exit 1"))
            let writes = Shared(0)
            let store = HookedStore(MemoryStore(), onWrite: { _ in writes.withLock { $0 += 1 } })
            _ = try await uploaded(rig, store, "a.png")
            let status = try await uploaded(rig, store, "a.png", Self.evil)
            #expect(status.state == "done" && status.attempt == 1, "\(status)")
            #expect(try await purge(rig, status.id) == "failed")
            #expect(writes.value == 2)
            #expect(scripts.lines("purged").count == 3)
            #expect(try await store.get("a.png", limit: 1_000) == Self.evil)
            #expect(try await rig.session.present() == (try await store.expectedRows()))

            let deleted = try await rig.session.number("select s3cache.delete_object('a.png')")
            try await rig.run(try await rig.claim(.deleteObject), store, settings: .hasty)
            #expect(try await purge(rig, Int64(deleted)) == "failed")
            #expect(writes.value == 3)
            #expect(try await rig.session.filenames() == [])
        }
    }

    @Test func aPurgeThatFailsOnceIsTriedAgain() async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.purger = try PurgeCommand(
                environment: try scripts.purger("test $(wc -l <\(scripts.folder.path)/purged) -ge 2"))
            let store = MemoryStore()
            _ = try await uploaded(rig, store, "a.png")
            let status = try await uploaded(rig, store, "a.png", Self.evil)
            #expect(try await purge(rig, status.id) == "done")
            #expect(scripts.lines("purged").count == 2)
        }
    }

    /// The worker was lost between the write and the purge: the next attempt purges, though its bytes are there already.
    @Test(arguments: ["a.png", "{sha256}.png"]) func aPurgeThatWasLostIsMadeUpFor(name: String) async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.purger = try PurgeCommand(environment: try scripts.purger())
            let store = MemoryStore()
            let id = try await upload(rig, name)
            let job = try await rig.claim(.upload)
            try await store.put(ObjectKey(try #require(job.arguments.filename)), Self.image)
            _ = try await rig.jobs.fail(job, JobFailure(code: "unavailable", message: "Lost.", isRetryable: true))
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.upload), store)
            #expect(try await purge(rig, id) == "done")
            #expect(scripts.lines("purged").count == 1)
        }
    }

    /// What the bucket has done stays done, and the job says that nobody knows of the CDN.
    @Test func aJobThatIsCancelledWhileItPurgesIsDone() async throws {
        try await Rig.use { base in
            let scripts = try Scripts()
            var rig = base
            rig.purger = try PurgeCommand(environment: try scripts.purger("exec sleep 600"))
            let store = MemoryStore()
            try await store.put("a.png", Self.evil)
            try await rig.withWorker(store) { [rig] in
                let id = try await upload(rig, "a.png")
                try await waitUntil("the purge has begun") { !scripts.lines("purged").isEmpty }
                try await rig.session.run("select s3cache.cancel(\(id))")
                let status = try await rig.session.wait(for: id)
                #expect(status.state == "done", "\(status)")
                #expect(try await purge(rig, id) == "failed")
                #expect(try await rig.session.present() == (try await store.expectedRows()))
            }
        }
    }

    /// The worker spells CDN URLs as SQL hands them out.
    @Test func URLsOfTheCDNAreThoseOfSQL() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure(cdn_url => 'https://c.example/x/', prefix => 'ä b/')")
            let configuration = try await rig.caches.configuration(of: "s3_image_cache")
            for name in ["a.jpg", "a b/c+d.jpg", "ü/%41.jpg", "~._-(!*)'&=?#.jpg", "😀.png"] {
                let told = try await rig.session.text("select s3cache.url($1)", name)
                #expect(told != nil && configuration.cdnURL(of: ObjectKey(name)) == told, "\(name)")
            }
        }
    }

    @Test(arguments: ["S3CACHE_SCAN_COMMAND", "S3CACHE_PURGE_COMMAND"], ["a 'b", "/no/such/program --all"])
    func aWorkerWithoutItsCommandDoesNotStart(variable: String, command: String) async throws {
        try await Site.use { site in
            let (exit, _, errors) = try await site.run("worker", "--once", environment: [variable: command])
            #expect(exit == .code(1))
            #expect(errors.contains(variable) && !errors.contains("such"), "\(errors)")
            #expect(try await site.session.number("select count(*) from s3cache.workers") == 0)
        }
    }
}

extension WorkerSettings {
    /// Small, and without pauses between purges that fail.
    fileprivate static let hasty: WorkerSettings = {
        var settings = WorkerSettings.small
        settings.purgePause = .zero
        return settings
    }()
}
