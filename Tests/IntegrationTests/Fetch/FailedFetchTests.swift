import Core
import ImageFixtures
import TestSupport
import Testing

/// What cannot be fetched stores nothing, says why, and is not asked for again at once.
@Suite(.timeLimit(.minutes(15))) struct FailedFetchTests {
    private static let image = RasterImages.png(7, 5)

    @Test func failedURLIsLeftAloneUntilItsTime() async throws {
        let isThere = Shared(false)
        try await FetchSite.use { _ in
            isThere.value ? .found(Self.image) : .status("404 Not Found")
        } _: { site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            let first = try await site.session.wait(for: try await site.fetch("/a?secret=1"))
            #expect(first.state == "failed" && first.code == "fetch_status" && first.attempt == 1, "\(first)")
            let second = try await site.session.wait(for: try await site.fetch("/a?secret=1", filename: "other.png"))
            #expect(second.state == "failed" && second.code == "fetch_backing_off", "\(second)")
            #expect(second.error?.contains("fetch_status") == true && second.error?.contains("secret") == false)
            #expect(site.host.targets.count == 1)
            // Another URL of the host is nobody's fault.
            let other = try await site.session.wait(for: try await site.fetch("/b"))
            #expect(other.code == "fetch_status")

            try await site.passTime()
            let third = try await site.session.wait(for: try await site.fetch("/a?secret=1"))
            #expect(third.code == "fetch_status")
            let longer = try await site.session.text(
                """
                select failures || ' ' || (next_try_at - failed_at) from s3cache.fetch_failure where failures > 1
                """)
            #expect(longer == "2 00:10:00")

            isThere.withLock { $0 = true }
            try await site.passTime()
            let last = try await site.session.wait(for: try await site.fetch("/a?secret=1"))
            #expect(last.state == "done", "\(last.error ?? "")")
            #expect(try await site.session.number("select count(*) from s3cache.fetch_failure") == 1)
        }
    }

    @Test func failureThatPassesIsTriedAgain() async throws {
        let count = Shared(0)
        try await FetchSite.use { _ in
            let attempt = count.withLock { count in
                count += 1
                return count
            }
            return attempt < 3 ? .status("503 Service Unavailable") : .found(Self.image)
        } _: { site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            let status = try await site.session.wait(for: try await site.fetch("/a"), deadline: .seconds(120))
            #expect(status.state == "done" && status.attempt == 3, "\(status)")
            #expect(try await site.session.number("select count(*) from s3cache.fetch_failure") == 0)
        }
    }

    @Test func failureTellsTheFallbackImage() async throws {
        try await FetchSite.use { _ in
            .status("410 Gone")
        } _: { site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            try await site.session.run(
                """
                select s3cache.configure(default_image => 'generic.png', cdn_url => 'https://cdn.example.com')
                """)
            let job = try await site.fetch("/gone")
            #expect(try await site.session.wait(for: job).state == "failed")
            let fallback = try await site.session.text(
                """
                select concat_ws('|', f ->> 'filename', f ->> 'key', f ->> 'url')
                from s3cache.jobs j, lateral (select j.result -> 'fallback' as f) x where id = $1::text::bigint
                """, "\(job)")
            #expect(fallback == "generic.png|generic.png|https://cdn.example.com/generic.png")
        }
    }

    @Test(
        "What is no image of the allowed types is refused",
        arguments: [
            ("/page.png", "content_type_not_allowed"), ("/empty", "content_empty"), ("/large", "fetch_too_large"),
            ("/wide", "too_many_pixels"), ("/cut", "content_truncated"), ("/noise", "content_type_unknown"),
        ])
    func refusedContent(_ target: String, _ code: String) async throws {
        try await FetchSite.use { target in
            switch target {
            case "/page.png": .found(Array("<!DOCTYPE html><html><script>alert(1)</script></html>".utf8))
            case "/empty": .found([])
            case "/large": .found(Self.image + [UInt8](repeating: 0, count: 10_000))
            case "/wide": .found(RasterImages.png(65_535, 65_535))
            case "/cut": .found(Array(Self.image.prefix(20)))
            default: .found((0..<500).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 3) })
            }
        } _: { site in
            try await site.session.run("select s3cache.configure(max_bytes => 5000)")
            let worker = try site.startWorker()
            defer { worker.kill() }
            let status = try await site.session.wait(for: try await site.fetch(target))
            #expect(status.state == "failed" && status.code == code, "\(status)")
            #expect(try await site.keys() == [])
            #expect(try await site.session.number("select count(*) from s3_image_cache") == 0)
            #expect(try await site.session.number("select count(*) from s3cache.fetch_failure") == 1)
        }
    }

    /// 127.0.0.1 listens, and is not allowed: by no name of it, and by no redirect.
    @Test func nothingInsideIsConnectedTo() async throws {
        try await FetchSite.use { _ in
            .found(Self.image)
        } _: { site in
            let outer = try FetchedHost { target in
                .status("302 Found", "Location: http://169.254.169.254\(target)")
            }
            let port = site.host.port
            var environment = site.environment(isAllowed: false)
            environment["S3CACHE_FETCH_PORTS"] = "80, 443, \(port), \(outer.port)"
            let worker = try S3CacheProgram.start(["worker"], environment: environment)
            defer { worker.kill() }
            for host in [
                "127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)", "[::ffff:127.0.0.1]:\(port)", "10.0.0.1",
                "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[64:ff9b::7f00:1]:\(port)",
                "[2002:7f00:1::1]", "[fd00:ec2::254]", "0.0.0.0:\(port)", "127.0.0.1:\(outer.port)",
            ] {
                let status = try await site.session.wait(for: try await site.fetch(url: "http://\(host)/x?secret=1"))
                #expect(status.state == "failed" && status.code == "fetch_refused_address", "\(host): \(status)")
                #expect(status.error?.contains("secret") == false)
            }
            // By SQL, before any worker hears of it.
            for host in ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "a@127.0.0.1", "127.0.0.1\\.example.com"] {
                await #expect(throws: (any Error).self, "\(host)") { try await site.fetch(url: "http://\(host)/x") }
            }
            #expect(site.host.connections == 0 && outer.connections == 0)
            #expect(try await site.keys() == [])
            #expect(try await site.session.number("select count(*) from s3_image_cache") == 0)
        }
    }

    @Test func redirectFromAnAllowedHostToTheInsideIsRefused() async throws {
        try await FetchSite.use { target in
            .status("302 Found", "Location: http://169.254.169.254/latest/meta-data/")
        } _: {
            site in
            let worker = try site.startWorker()
            defer { worker.kill() }
            let status = try await site.session.wait(for: try await site.fetch("/away"))
            #expect(status.code == "fetch_refused_address", "\(status)")
            #expect(try await site.keys() == [])
        }
    }

    @Test func plainHTTPIsRefusedUnlessTheOperatorAllowsIt() async throws {
        try await FetchSite.use { _ in
            .found(Self.image)
        } _: { site in
            let job = try await site.fetch("/a")
            let exit = try await S3CacheProgram.run(["worker", "--once"], environment: site.site.environment).exit
            #expect(exit == .code(0))
            #expect(try await site.session.status(of: job).code == "fetch_refused_url")
            #expect(site.host.connections == 0)
        }
    }

    @Test func settingsThatAreNoUseEndTheWorkerAtOnce() async throws {
        try await Site.use { site in
            let (exit, _, errors) = try await site.run(
                "worker", "--once", environment: ["S3CACHE_FETCH_PORTS": "99999"])
            #expect(exit == .code(1) && errors.contains("S3CACHE_FETCH_PORTS"))
        }
    }
}

extension FetchSite {
    /// All failures are due to be tried again.
    fileprivate func passTime() async throws {
        try await session.run("update s3cache.fetch_failure set next_try_at = failed_at")
    }
}
