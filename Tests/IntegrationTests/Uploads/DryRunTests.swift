import Adapters
import Core
import Foundation
import ImageFixtures
import TestSupport
import Testing
import Worker

/// With `DRY_RUN` nothing is asked of a bucket that could change it, and nothing is said to be there that is not.
@Suite(.timeLimit(.minutes(15))) struct DryRunTests {
    private static let image = RasterImages.png(4, 3)

    private static let settings: WorkerSettings = {
        var settings = WorkerSettings.small
        settings.isDryRun = true
        return settings
    }()

    private func run(_ rig: Rig, _ call: String, _ kind: JobKind, _ store: any ObjectStore) async throws -> String {
        let id = try await rig.session.number("select \(call)")
        try await rig.run(try await rig.claim(kind), store, settings: Self.settings)
        return try await rig.session.text("select state || ' ' || result from s3cache.jobs where id = \(id)") ?? ""
    }

    @Test func bytesAreInspectedAndTheBucketIsAskedForNothing() async throws {
        try await Rig.use { base in
            let folder = try TemporaryDirectory()
            try folder.write(Self.image, to: "image")
            var rig = base
            rig.files = try FileRoots(folder.path)
            let asked = Shared<[String]>([])
            let base = MemoryStore()
            try await base.put("old.png", Self.image)
            let store = HookedStore(
                base, onRequest: { _, _ in asked.withLock { $0.append("list") } },
                onHead: { key in asked.withLock { $0.append(key.string) } },
                onWrite: { key in asked.withLock { $0.append(key.string) } })
            try await rig.session.run(
                "insert into s3_image_cache (filename, state, size, etag) values ('old.png', 'present', 1, 'e')")
            let before = try await rig.session.dump()

            let hash = "f{64}".replacing("f", with: "[0-9a-f]")
            let facts = "\"sha256\": \"\(hash)\", .*\"content_type\": \"image/png\""
            for (call, kind, expected) in [
                (
                    "s3cache.upload('a.png', '\\x\(Self.image.hexadecimal)', if_exists => 'skip')", JobKind.upload,
                    "done .*\"key\": \"a.png\".*\"size\": \(Self.image.count), .*\(facts).*"
                ),
                ("s3cache.upload_file('b.png', 'image')", .uploadFile, "done .*\"key\": \"b.png\".*\(facts).*"),
                ("s3cache.delete_object('old.png')", .deleteObject, "done .*\"action\": \"delete\".*"),
                (
                    "s3cache.rename_object('old.png', 'new.png')", .renameObject,
                    "done .*\"action\": \"rename\".*\"new_key\": \"new.png\".*"
                ),
            ] {
                let told = try await run(rig, call, kind, store)
                let pattern = try Regex(expected)
                #expect(told.wholeMatch(of: pattern) != nil && told.contains("\"dry_run\": true"), "\(told)")
            }
            #expect(asked.value == [])
            #expect(try await base.everything().map(\.key.string) == ["old.png"])
            #expect(try await rig.session.dump() == before)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)

            // What would be refused is refused.
            let text =
                try await rig.session.connection.query(
                    "select s3cache.upload('c.png', $1)", [.bytes(Array(Self.image.prefix(30)))]
                ).only[0] as Int64
            try await rig.run(try await rig.claim(.upload), store, settings: Self.settings)
            #expect(try await rig.session.status(of: text).state == "failed")
            #expect(asked.value == [])
        }
    }

    /// Who asks again with the same key, without DRY_RUN, has it done.
    @Test func idempotencyKeysDoNotFindDryRuns() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            let call = "s3cache.upload('a.png', '\\x\(Self.image.hexadecimal)', idempotency_key => 'k')"
            #expect(try await run(rig, call, .upload, store).hasPrefix("done"))
            let again = try await rig.session.number("select \(call)")
            try await rig.run(try await rig.claim(.upload), store)
            #expect(try await rig.session.status(of: Int64(again)).state == "done")
            #expect(try await store.get("a.png", limit: 1_000) == Self.image)
            #expect(try await rig.session.number("select \(call)") == again)
        }
    }

    /// Into an empty table too, where rows are otherwise written at once.
    @Test(arguments: [false, true]) func rebuildsOnlyTellTheDifferences(isEmpty: Bool) async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made((0..<20).map { "k\($0)" }))
            if !isEmpty { try await rig.session.seedPresent(.made(["k1", "gone"])) }
            let before = try await rig.session.dump()
            let status = try await rig.rebuild(store, settings: Self.settings)
            #expect(status.state == "done" && status.count("listed") == 20, "\(status)")
            #expect(
                try await rig.session.text("select result ->> 'dry_run' from s3cache.jobs where id = \(status.id)")
                    == "true")
            #expect(try await rig.session.dump() == before)
            #expect(try await rig.session.number("select count(*) from s3cache.orphan") == (isEmpty ? 20 : 20))
            #expect(
                try await rig.session.number("select count(*) from s3cache.stats() where last_rebuild_at is not null")
                    == 0)
            // Without it the same call does it.
            let real = try await rig.rebuild(store)
            #expect(real.state == "done")
            #expect(
                try await rig.session.text("select result ->> 'dry_run' from s3cache.jobs where id = \(real.id)") == nil
            )
            #expect(try await rig.session.present() == (try await store.expectedRows()))
        }
    }

    /// The real program: the directory stays as it is, and everybody is told why.
    @Test func theProgramWritesNothingAndSaysSo() async throws {
        try await FetchSite.use { _ in
            .found(Self.image)
        } _: { site in
            try site.site.directory.write(Self.image, to: "old.png")
            let rebuilt = try await site.site.rebuild()
            #expect(rebuilt.state == "done")
            let before = try await site.session.dump()
            let worker = try site.startWorker(environment: ["DRY_RUN": "true"])
            let jobs = [
                try await site.fetch("/a.png"), try await site.fetch("/b.png", filename: "b.png"),
                Int64(try await site.session.number("select s3cache.upload('c.png', '\\x\(Self.image.hexadecimal)')")),
                Int64(try await site.session.number("select s3cache.delete_object('old.png')")),
            ]
            for job in jobs {
                #expect(try await site.session.wait(for: job).state == "done")
                #expect(try await site.result("dry_run", of: job) == "true")
            }
            let name = try #require(
                try await site.session.text("select name from s3cache.workers where state <> 'dead' limit 1"))
            #expect(name.hasSuffix(" DRY_RUN"))
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            #expect(worker.standardError.contains("warning") && worker.standardError.contains("DRY_RUN is on"))
            #expect(worker.standardError.contains("DRY_RUN: this would have been done"))
            #expect(try await site.keys() == ["old.png"])
            #expect(try await site.session.dump() == before)

            let (exit, output, _) = try await site.site.run("doctor", environment: ["DRY_RUN": "1"])
            #expect(exit == .code(0), "\(output)")
            #expect(output.contains("warn  dry run: DRY_RUN is on") && output.contains("write: Nothing was written."))
            let (refused, _, errors) = try await site.site.run("worker", "--once", environment: ["DRY_RUN": "perhaps"])
            #expect(refused == .code(1) && errors.contains("DRY_RUN"))
        }
    }

    /// Should anything come to the store all the same.
    @Test func aStoreInADryRunReadsAndDoesNotWrite() async throws {
        let base = MemoryStore()
        try await base.put("a", [1, 2, 3])
        let store = DryRunStore(base)
        #expect(try await store.get("a", limit: 10) == [1, 2, 3])
        #expect(try await store.head("a")?.size == 3)
        #expect(try await store.everything().count == 1)
        let writes: [@Sendable () async throws -> Void] = [
            { try await store.put("b", [1]) }, { try await store.put("b", from: BytesSource([1])) },
            { try await store.copy("a", to: "b") }, { try await store.delete("a") },
            { try await store.abortUpload("id", of: "a") },
        ]
        for write in writes {
            let error = await #expect(throws: StoreError.self) { try await write() }
            #expect(error?.code == .requestRefused && error?.message.contains("DRY_RUN") == true)
        }
        #expect(try await base.everything().map(\.key.string) == ["a"])
    }
}
