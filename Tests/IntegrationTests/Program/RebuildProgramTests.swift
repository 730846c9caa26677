import Adapters
import Core
import Foundation
import TestSupport
import Testing

/// The whole way: files in a directory, `s3cache worker`, and the statements of a user.
@Suite(.timeLimit(.minutes(15))) struct RebuildProgramTests {
    /// 2,600 files, some in folders.
    private func fill(_ directory: TemporaryDirectory) throws -> [String] {
        let names = (0..<2_600).map { $0 % 2 == 0 ? "\(14_000 + $0).jpg" : "\($0 % 13)/\($0 % 7)/\($0).png" }
        for name in names { try directory.write(Array(name.utf8), to: name) }
        return names
    }

    @Test func tableFollowsTheDirectoryThroughEverythingThatIsDoneToBoth() async throws {
        try await Site.use { site in
            var names = Set(try fill(site.directory))
            let store = try site.store()
            func check(_ status: JobStatus, sourceLocation: SourceLocation = #_sourceLocation) async throws {
                #expect(status.state == "done", "\(status.error ?? "")", sourceLocation: sourceLocation)
                #expect(try await site.session.present() == store.expectedRows(), sourceLocation: sourceLocation)
                let count = try await site.session.number("select count(*) from s3_image_cache")
                #expect(count == names.count, sourceLocation: sourceLocation)
                #expect(status.count("listed") == names.count, sourceLocation: sourceLocation)
            }
            let first = try await site.rebuild()
            try await check(first)
            #expect(["added", "updated", "removed", "unchanged"].map { first.count($0) } == [2_600, 0, 0, 0])
            #expect(first.count("pages") > 0 && (first.counts["seconds"] ?? -1) > 0)

            let before = try await site.session.dump()
            let again = try await site.rebuild()
            #expect(["added", "updated", "removed", "unchanged"].map { again.count($0) } == [0, 0, 0, 2_600])
            #expect(try await site.session.dump() == before)

            try await site.session.run("truncate table s3_image_cache")
            try await check(try await site.rebuild())
            #expect(try await site.session.number("select clear_s3_cache()") == 2_600)
            try await check(try await site.rebuild())

            // Behind everybody's back: 300 gone, 200 new, 100 overwritten.
            for name in names.sorted().prefix(300) {
                try FileManager.default.removeItem(atPath: site.directory.path(of: name))
                names.remove(name)
            }
            for name in names.sorted().prefix(100) { try site.directory.write([1, 2, 3, 4], to: name) }
            for index in 0..<200 {
                try site.directory.write([], to: "new/\(index)")
                names.insert("new/\(index)")
            }
            let direct = try await site.rebuild(options: ["--slice-size", "1000"])
            try await check(direct)
            #expect(["added", "updated", "removed"].map { direct.count($0) } == [200, 100, 300])
            #expect(
                try await site.session.number("select count(*) - count(distinct filename) from s3_image_cache") == 0)
            let stats = try await site.session.text(
                "select files || ' ' || unverified || ' ' || missing || ' ' || (last_rebuild ->> 'listed') from s3cache.stats()"
            )
            #expect(stats == "2500 0 0 2500")
        }
    }

    @Test func dryRunFillsTheOrphanViewAndChangesNothing() async throws {
        try await Site.use { site in
            for name in ["a", "b", "c/d", "changed"] { try site.directory.write([1], to: name) }
            try await site.rebuild()
            try FileManager.default.removeItem(atPath: site.directory.path(of: "a"))
            try site.directory.write([1, 2], to: "changed")
            try site.directory.write([1, 2, 3], to: "new")
            let before = try await site.session.dump()
            let rebuilt = try await site.session.text("select last_rebuild_at::text from s3cache.stats()")
            let status = try await site.rebuild(dryRun: true)
            #expect(["added", "updated", "removed", "unchanged"].map { status.count($0) } == [1, 1, 1, 2])
            #expect(try await site.session.dump() == before)
            #expect(try await site.session.text("select last_rebuild_at::text from s3cache.stats()") == rebuilt)
            let orphans = "select cache || ' ' || filename || ' ' || problem from s3cache.orphan order by filename"
            #expect(
                try await site.session.texts(orphans)
                    == ["s3_image_cache a object gone", "s3_image_cache new no row"])
            try await site.rebuild(prefix: "c/")
            #expect(try await site.session.texts(orphans).count == 2)
            try await site.rebuild()
            #expect(try await site.session.texts(orphans) == [], "what a rebuild has written is no difference any more")
            try await site.rebuild(dryRun: true)
            #expect(try await site.session.texts(orphans) == [])
        }
    }

    @Test func secondCacheHasItsOwnBucketAndPrefix() async throws {
        try await Site.use { site in
            for name in ["x/1/a", "x/10/a", "y", "products/img/1/a", "products/img/1/b", "products/other"] {
                try site.directory.write([1], to: name)
            }
            try await site.session.run(
                "select s3cache.create_cache('product_images', bucket => 'products', prefix => 'img/')")
            #expect(try await site.rebuild("product_images").count("listed") == 2)
            #expect(try await site.session.filenames(in: "product_images") == ["1/a", "1/b"])
            #expect(try await site.session.number("select count(*) from s3_image_cache") == 0)
            #expect(try await site.rebuild("product_images", prefix: "1/").count("unchanged") == 2)
        }
    }

    @Test func secondOfTwoRebuildsIsSupersededAndWaitFollowsIt() async throws {
        try await Site.use { site in
            try site.directory.write([1], to: "a")
            let first = try await site.session.enqueueRebuild()
            let second = try await site.session.enqueueRebuild()
            let worker = try site.startWorker()
            #expect(try await site.session.number("select id from s3cache.wait(\(second), '20 s')") == Int(first))
            #expect(try await site.session.status(of: second).state == "superseded")
            #expect(try await site.session.status(of: first).state == "done")
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }

    /// What happens to the directory, and what the job's error then says.
    enum Loss: String, CaseIterable, Sendable {
        case missing, isFile, bucketMissing, bucketIsFile
    }

    @Test(arguments: Loss.allCases)
    func directoryThatCannotBeListedFailsClearlyAndChangesNothing(_ loss: Loss) async throws {
        try await Site.use { site in
            for index in 0..<50 { try site.directory.write([1], to: "bucket/\(index)") }
            try await site.session.run("select s3cache.configure('s3_image_cache', bucket => 'bucket')")
            try await site.rebuild()
            let before = try await site.session.dump()
            #expect(before.count == 50)
            let path = loss == .missing || loss == .isFile ? site.directory.path : site.directory.path(of: "bucket")
            try FileManager.default.removeItem(atPath: path)
            if loss == .isFile || loss == .bucketIsFile {
                #expect(FileManager.default.createFile(atPath: path, contents: Data()))
            }
            let status = try await site.rebuild(force: true)
            #expect(status.state == "failed" && status.retryable == "false", "\(status)")
            #expect(status.code == "no_such_bucket")
            #expect(status.error?.contains(site.directory.path) == true, "\(status.error ?? "")")
            #expect(try await site.session.dump() == before)
        }
    }

    @Test func symbolicLinksAndUnlistableNamesAreNoObjectsAndTheJobSaysSo() async throws {
        try await Site.use { site in
            try site.directory.write([1], to: "real")
            let link = site.directory.path(of: "link")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
            let notText = Array(site.directory.path(of: "").utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
            #expect(creat(notText, 0o600) >= 0)
            let status = try await site.rebuild()
            #expect(status.count("listed") == 1 && status.count("unlistable") == 1)
            #expect(try await site.session.filenames() == ["real"])
        }
    }
}
