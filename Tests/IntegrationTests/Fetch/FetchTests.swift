import Core
import Foundation
import ImageFixtures
import SigV4
import TestSupport
import Testing

/// What a URL leads to is stored once, with all that is known of it.
@Suite(.timeLimit(.minutes(15))) struct FetchTests {
    private static let image = RasterImages.png(7, 5)

    @Test func imageIsStoredWithItsFactsAndNotDownloadedAgain() async throws {
        try await FetchSite.use { _ in
            .found(Self.image)
        } _: { site in
            let worker = try site.startWorker()
            let first = try await site.fetch("/logo?token=hunter2")
            let status = try await site.session.wait(for: first)
            #expect(status.state == "done", "\(status.error ?? "")")
            let keys = try await site.keys()
            #expect(keys.count == 1 && keys[0].wholeMatch(of: /fetched\/[0-9a-f]{64}\.png/) != nil, "\(keys)")
            #expect(try await site.site.store().get(ObjectKey(keys[0]), limit: 1_000) == Self.image)
            let row = try await site.session.text(
                """
                select concat_ws('|', filename, size, content_type, width, height, state, location,
                    sha256 = $1::text::bytea) from s3_image_cache
                """, "\\x" + SHA256.hash(Self.image).hex)
            #expect(row == "\(keys[0])|\(Self.image.count)|image/png|7|5|present|s3|t")
            #expect(try await site.result("filename", of: first) == keys[0])
            #expect(try await site.result("width", of: first) == "7")
            #expect(try await site.result("skipped", of: first) == nil)

            let second = try await site.fetch("/logo?token=hunter2#fragment")
            #expect(try await site.session.wait(for: second).state == "done")
            #expect(try await site.result("filename", of: second) == keys[0])
            #expect(try await site.result("skipped", of: second) == "true")
            #expect(try await site.result("height", of: second) == "5")
            #expect(site.host.targets == ["/logo?token=hunter2"])

            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            #expect(!worker.standardError.contains("hunter2"))
            #expect(
                try await site.session.number("select count(*) from s3cache.jobs j where j::text ~ 'hunter2'") == 0)
        }
    }

    @Test func anotherIdempotencyKeyIsAnotherObjectAndTheSameOneTheFirstJob() async throws {
        try await FetchSite.use { _ in
            .found(Self.image)
        } _: { site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            let first = try await site.fetch("/a", idempotencyKey: "1")
            let second = try await site.fetch("/a", idempotencyKey: "2")
            for job in [first, second] { #expect(try await site.session.wait(for: job).state == "done") }
            #expect(try await site.keys().count == 2)
            #expect(try await site.fetch("/a", idempotencyKey: "1") == first)
            // The key belongs to the URL.
            let other = try await site.fetch("/b", idempotencyKey: "1")
            #expect(other != first)
            #expect(try await site.session.wait(for: other).state == "done")
            #expect(site.host.targets == ["/a", "/a", "/b"])
        }
    }

    @Test func concurrentFetchesOfOneURLMakeOneRequest() async throws {
        let gate = Gate()
        try await FetchSite.use { _ in
            gate.pass()
            return .found(Self.image)
        } _: { site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            var jobs = [try await site.fetch("/shared")]
            try await waitUntil("the first is on its way") { site.host.targets.count == 1 }
            for _ in 0..<19 { jobs.append(try await site.fetch("/shared")) }
            gate.open()
            for job in jobs {
                let status = try await site.session.wait(for: job)
                #expect(status.state == "done" && status.id == jobs[0], "\(status)")
            }
            #expect(site.host.targets == ["/shared"])
            #expect(try await site.keys().count == 1)
        }
    }

    @Test func rolledBackFetchAsksNobody() async throws {
        try await FetchSite.use { _ in
            .found(Self.image)
        } _: { site in
            try await site.session.run("begin")
            _ = try await site.fetch("/never")
            try await site.session.run("rollback")
            let job = try await site.fetch("/kept")
            let exit = try await S3CacheProgram.run(["worker", "--once"], environment: site.environment()).exit
            #expect(exit == .code(0))
            #expect(try await site.session.status(of: job).state == "done")
            #expect(site.host.targets == ["/kept"])
        }
    }

    @Test func namesMayComeFromTheContents() async throws {
        try await FetchSite.use { target in
            .found(target.hasPrefix("/jpeg") ? RasterImages.jpeg(3, 4) : Self.image, type: "application/octet-stream")
        } _: { site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            let hash = try SHA256.hash(Self.image).hex.prefix(8)
            for (target, filename, key) in [
                ("/jpeg", "logos/a.{ext}", "logos/a.jpg"), ("/png", "by/{sha256:8}.{ext}", "by/\(hash).png"),
                ("/png2", "by/{sha256:8}.{ext}", "by/\(hash).png"), ("/jpeg2", "plain.jpeg", "plain.jpeg"),
            ] {
                let job = try await site.fetch(target, filename: filename)
                let status = try await site.session.wait(for: job)
                #expect(status.state == "done", "\(status.error ?? "")")
                #expect(try await site.result("filename", of: job) == key)
            }
            #expect(try await site.keys() == ["by/\(hash).png", "logos/a.jpg", "plain.jpeg"])
            let wrong = try await site.fetch("/jpeg3", filename: "wrong.png")
            #expect(try await site.session.wait(for: wrong).code == "content_extension_mismatch")
            #expect(try await site.keys().count == 3)
        }
    }

    /// The worker is killed while the host still sends; the next one begins anew.
    @Test func killedDownloadIsDoneByTheNextWorker() async throws {
        let gate = Gate()
        let count = Shared(0)
        try await FetchSite.use { _ in
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { gate.pass() }
            return .found(Self.image)
        } _: { site in
            let first = try site.startWorker("--lease", "1", "--write-timeout", "1")
            let job = try await site.fetch("/slow", filename: "slow.png")
            try await waitUntil("it is asked for") { site.host.targets.count == 1 }
            first.kill()
            let second = try site.startWorker("--lease", "1", "--write-timeout", "1")
            defer { second.kill() }
            let status = try await site.session.wait(for: job, deadline: .seconds(120))
            gate.open()
            #expect(status.state == "done" && status.attempt == 1, "\(status)")
            #expect(try await site.keys() == ["slow.png"])
            #expect(try await site.session.present().count == 1)
            #expect(try await site.session.number("select count(*) from s3cache.job_history") == 1)
        }
    }
}
