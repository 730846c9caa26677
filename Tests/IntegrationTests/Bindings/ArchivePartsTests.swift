import Core
import Foundation
import TestSupport
import Testing

/// A large file of an archive goes in parts: what a killed worker has sent is gone on with, or aborted.
@Suite(.timeLimit(.minutes(15))) struct ArchivePartsTests {
    /// Three parts.
    private static let size = 40_000_000

    private struct Held {
        var isHolding = true
        var begun = 0
        var sent: [String] = []
    }

    /// Runs `body` when a worker was killed that had stored some parts of the one file, and not the second.
    private func afterKill(
        _ body: (BucketSite, _ job: Int64, Shared<Held>, _ start: () throws -> ChildProcess) async throws -> Void
    ) async throws {
        let held = Shared(Held())
        try await BucketSite.use(faults: { request in
            held.withLock { held in
                if request.method == "POST", request.target.contains("?uploads") { held.begun += 1 }
                guard request.method == "PUT", let part = request.target.firstRange(of: "partNumber=")?.upperBound
                else { return .none }
                let number = String(request.target[part...].prefix { $0 != "&" })
                held.sent.append(number)
                return held.isHolding && number == "2" ? .stall(.beforeRequest) : .none
            }
        }) { site in
            let media = try await MediaTable(site.session)
            try await site.session.run("select s3cache.configure(bucket => '\(site.bucket.name)')")
            try await site.session.run("select s3cache.reset('s3_image_cache', 'allowed_types')")
            try media.home.write(Self.document, to: "cache/media/documents/large.pdf")
            try await media.add(
                "m1", kind: "document", path: "cache/media/documents/large.pdf", type: "application/pdf")
            let id = try await site.session.number("select s3cache.archive('post_media')")
            let start = {
                try site.startWorker(
                    ["S3CACHE_FILE_ROOTS": media.home.path], options: ["--lease", "1", "--write-timeout", "1"])
            }
            let killed = try start()
            try await waitUntil(deadline: .seconds(120), "two parts are stored") {
                try await site.session.number(
                    "select coalesce(sum(jsonb_array_length(checkpoint -> 'parts')), 0) from s3cache.unfinished_upload")
                    == 2
            }
            killed.kill()
            held.withLock { $0.isHolding = false }
            try await body(site, Int64(id), held, start)
        }
    }

    private static var document: [UInt8] {
        var bytes = Array("%PDF-1.4\n".utf8)
        bytes.reserveCapacity(size)
        var number: UInt64 = 1
        while bytes.count < size {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.append(UInt8(truncatingIfNeeded: number >> 56))
        }
        return bytes
    }

    @Test func anotherWorkerGoesOnWithTheParts() async throws {
        try await afterKill { site, id, held, start in
            let sentBefore = held.value.sent.count
            let worker = try start()
            let status = try await site.session.wait(for: id, deadline: .seconds(240))
            #expect(status.state == "done" && status.count("successful") == 1, "\(status)")
            #expect(held.value.begun == 1, "no other upload is begun")
            #expect(held.value.sent.dropFirst(sentBefore) == ["2"], "and only the missing part is sent")
            let object = try #require(try await site.bucket.store.everything().first)
            #expect(object.size == Int64(Self.size))
            #expect(
                try await site.session.number("select count(*) from s3cache.unfinished_upload") == 0, "it is forgotten")
            #expect(try await site.bucket.store.pendingUploads(prefix: "", after: nil, limit: 10).isEmpty)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }

    @Test func whatNobodyGoesOnWithIsAborted() async throws {
        try await afterKill { site, id, _, start in
            try await site.session.run("select s3cache.cancel(\(id))")
            #expect(try await site.bucket.store.pendingUploads(prefix: "", after: nil, limit: 10).count == 1)
            let first = try start()
            #expect(try await site.session.wait(for: id, deadline: .seconds(120)).state == "cancelled")
            first.send(SIGTERM)
            #expect(try await first.waitForExit() == .code(0))
            // It looks for leftovers as it comes.
            let second = try start()
            try await waitUntil(deadline: .seconds(120), "the upload in parts is aborted") {
                try await site.bucket.store.pendingUploads(prefix: "", after: nil, limit: 10).isEmpty
            }
            try await waitUntil(deadline: .seconds(60), "and forgotten") {
                try await site.session.number("select count(*) from s3cache.unfinished_upload") == 0
            }
            second.send(SIGTERM)
            #expect(try await second.waitForExit() == .code(0))
        }
    }

    /// A bucket, and rows with files that go in two parts.
    private func withLargeFiles(
        _ rows: [String], faults: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault = { _ in .none },
        _ body: (BucketSite, _ start: () throws -> ChildProcess) async throws -> Void
    ) async throws {
        try await BucketSite.use(faults: faults) { site in
            let media = try await MediaTable(site.session)
            try await site.session.run("select s3cache.configure(bucket => '\(site.bucket.name)')")
            try await site.session.run("select s3cache.reset('s3_image_cache', 'allowed_types')")
            try media.home.write(Array(Self.document.prefix(20_000_000)), to: "cache/media/documents/large.pdf")
            for row in rows {
                try await media.add(
                    row, kind: "document", path: "cache/media/documents/large.pdf", type: "application/pdf")
            }
            try await media.add("small", path: "cache/media/images/\(try await media.file(1)).png")
            try await body(site) {
                try site.startWorker(
                    ["S3CACHE_FILE_ROOTS": media.home.path], options: ["--lease", "5", "--write-timeout", "5"])
            }
        }
    }

    /// What one has sent is no part of the other's.
    @Test func twoRowsWithOneKeyStoreItOneAfterTheOther() async throws {
        let steps = Shared<[String]>([])
        try await withLargeFiles(
            ["m1", "m2"],
            faults: { request in
                if request.method == "POST" {
                    steps.withLock { $0.append(request.target.contains("?uploads") ? "begin" : "complete") }
                }
                return .none
            }
        ) { site, start in
            let id = Int64(try await site.session.number("select s3cache.archive('post_media')"))
            let worker = try start()
            let status = try await site.session.wait(for: id, deadline: .seconds(240))
            #expect(
                status.state == "done" && status.count("successful") == 3 && status.count("failed") == 0, "\(status)")
            // The second may find that what the first has completed is what it would send.
            let order = steps.value.joined(separator: " ")
            #expect(["begin complete", "begin complete begin complete"].contains(order), "never two at a time")
            #expect(try await site.bucket.store.everything().map(\.size).max() == 20_000_000)
            #expect(try await site.bucket.store.pendingUploads(prefix: "", after: nil, limit: 10).isEmpty)
            #expect(try await site.session.number("select count(*) from s3cache.unfinished_upload") == 0)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }

    /// The database, not the file: the attempt fails, and another one archives the row.
    @Test func anErrorOfTheDatabaseIsNotTheRows() async throws {
        try await withLargeFiles(["m1"]) { site, start in
            try await site.session.connection.execute(
                """
                create function public.full_disk() returns trigger language plpgsql as
                $$ begin raise exception 'No space left.' using errcode = 'disk_full'; end $$;
                create trigger full_disk before insert on s3cache.unfinished_upload
                    for each row execute function public.full_disk()
                """)
            let id = Int64(try await site.session.number("select s3cache.archive('post_media')"))
            let worker = try start()
            try await waitUntil(deadline: .seconds(120), "an attempt has failed") {
                try await site.session.number("select count(*) from s3cache.job where id = \(id) and error is not null")
                    == 1
            }
            try await site.session.run("drop trigger full_disk on s3cache.unfinished_upload")
            let status = try await site.session.wait(for: id, deadline: .seconds(240))
            #expect(
                status.state == "done" && status.count("successful") == 2 && status.count("failed") == 0, "\(status)")
            #expect(status.attempt > 1)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }
}
