import Core
import Foundation
import TestSupport
import Testing

/// Rows on RGW, with files that are missing, changed or refused, archived and verified by workers that are killed.
///
/// Two thousand of them, or as many as `S3CACHE_TEST_ARCHIVED_ROWS` says, in hundreds.
@Suite(.timeLimit(.minutes(15))) struct KillArchiveTests {
    private static let rows =
        (ProcessInfo.processInfo.environment["S3CACHE_TEST_ARCHIVED_ROWS"].flatMap { Int($0) } ?? 2_000) / 100 * 100
    /// How long one archive may take.
    private static let patience = Duration.seconds(240 + rows / 20)
    private static let kills = 2

    @Test func countsAreExactWhateverIsKilled() async throws {
        let isRefusing = Shared(true)
        let heads = Shared(0)
        try await BucketSite.use(faults: { request in
            if request.method == "HEAD" { heads.withLock { $0 += 1 } }
            // One file in a hundred is refused for good.
            return isRefusing.value && request.method == "PUT" && request.target.contains("-x")
                ? .status(403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8)) : .none
        }) { site in
            let media = try await MediaTable(site.session)
            try await site.session.run("select s3cache.configure(bucket => '\(site.bucket.name)')")
            try await fill(media, site)
            let id = try await site.session.number("select s3cache.archive('post_media', batch_size => 20)")
            let variables = ["S3CACHE_FILE_ROOTS": media.home.path]
            let options = ["--lease", "3", "--write-timeout", "1"]
            for kill in 1...Self.kills {
                let worker = try site.startWorker(variables, options: options)
                try await waitUntil(deadline: Self.patience, every: .milliseconds(5), "some rows are archived") {
                    try await site.session.number("select count(*) from post_media where archive_url is not null")
                        >= kill * Self.rows / 5
                }
                worker.kill()
            }
            let worker = try site.startWorker(variables, options: options)
            let status = try await site.session.wait(for: Int64(id), deadline: Self.patience)
            try expect(status, total: Self.rows, missing: Self.rows * 3 / 100, failed: Self.rows * 2 / 100)
            let archived = Self.rows * 95 / 100
            #expect(try await site.bucket.store.everything().count == archived)
            #expect(try await site.session.present() == site.bucket.store.expectedRows())
            #expect(
                try await site.session.number("select count(*) from post_media where archive_url is not null")
                    == archived)

            // What was refused is not any more: only that is uploaded.
            isRefusing.withLock { $0 = false }
            let again = try await site.session.number("select s3cache.archive('post_media')")
            let second = try await site.session.wait(for: Int64(again), deadline: Self.patience)
            try expect(second, total: Self.rows * 5 / 100, missing: Self.rows * 3 / 100, failed: Self.rows / 100)
            #expect(second.count("rows_updated") == Self.rows / 100)

            // Objects go behind its back; whoever verifies is killed in the middle.
            for object in try await site.bucket.store.everything().prefix(30) {
                try await site.bucket.store.delete(object.key)
            }
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError.suffix(1_000))")
            heads.withLock { $0 = 0 }
            let verification = try await site.session.number("select s3cache.verify_binding('post_media')")
            let killed = try site.startWorker(variables, options: options)
            try await waitUntil(deadline: .seconds(120), every: .milliseconds(5), "a batch is verified") {
                heads.value > 1_100
            }
            killed.kill()
            let last = try site.startWorker(variables, options: options)
            let verified = try await site.session.wait(for: Int64(verification), deadline: .seconds(240))
            let left = Self.rows * 96 / 100
            #expect(
                ["checked", "present", "missing", "errors"].map { verified.count($0) } == [left, left - 30, 30, 0],
                "\(verified)")
            #expect(try await site.session.present() == site.bucket.store.expectedRows())
            last.send(SIGTERM)
            #expect(try await last.waitForExit() == .code(0), "\(last.standardError.suffix(1_000))")
        }
    }

    private func expect(_ status: JobStatus, total: Int, missing: Int, failed: Int) throws {
        let counts = ["total", "found", "missing", "attempted", "successful", "failed", "rows_updated"].map {
            status.count($0)
        }
        let found = total - missing
        #expect(status.state == "done", "\(status)")
        #expect(counts == [total, found, missing, found, found - failed, failed, found - failed])
    }

    /// Of a hundred rows three have no file, one has another's, and one has a file that the bucket refuses.
    private func fill(_ media: MediaTable, _ site: BucketSite) async throws {
        for number in 0..<Self.rows {
            let bytes = MediaTable.image(number)
            let isRefused = number % 100 == 41
            let path = "cache/media/images/\(number)\(isRefused ? "-x" : "").png"
            if number % 100 >= 3 { try media.home.write(bytes, to: path) }
            let wrong = String(repeating: "e", count: 32)
            try await media.add("m\(number)", path: path, md5: number % 100 == 17 ? wrong : try await media.md5(bytes))
        }
    }
}
