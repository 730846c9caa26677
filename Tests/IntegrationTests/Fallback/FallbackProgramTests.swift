import BucketSupport
import Core
import Foundation
import ImageFixtures
import TestSupport
import Testing

/// The program while its bucket is away: what it serves, what it reads, and what its environment says of it.
@Suite(.timeLimit(.minutes(15))) struct FallbackProgramTests {
    private static let image = RasterImages.png(4, 3)
    private static let other = RasterImages.png(5, 6)

    private func upload(_ site: BucketSite, _ name: String, _ bytes: [UInt8] = Self.image) async throws -> Int64 {
        try await site.session.connection.query("select s3cache.upload($1, $2)", [.string(name), .bytes(bytes)]).only[0]
    }

    private func waitForCopy(_ site: BucketSite, of job: Int64) async throws {
        try await waitUntil("the copy of job \(job)") {
            let seen = try await site.session.text(
                "select concat_ws('|', state, result ->> 'location') from s3cache.jobs where id = \(job)")
            return seen == "waiting|local"
        }
    }

    @Test func copiesSurviveWorkersAndAreReadByTheCommandLine() async throws {
        let isAway = Shared(true)
        try await BucketSite.use(faults: { _ in isAway.value ? .reset(.beforeRequest) : .none }) { site in
            let first = try site.startWorker(options: ["--lease", "1"])
            let job = try await upload(site, "1/ä b.png")
            try await waitForCopy(site, of: job)
            first.kill()
            let text = try #require(try await site.session.text("select s3cache.url('1/ä b.png')"))
            let url = try #require(URL(string: text))
            #expect(url.isFileURL && url.path.hasPrefix(site.site.directory.path))
            #expect(try Data(contentsOf: url) == Data(Self.image))
            let (exit, process) = try await S3CacheProgram.run(["get", "1/ä b.png"], environment: site.environment())
            #expect(exit == .code(0) && process.standardOutputBytes == Self.image, "\(process.standardError)")
            let elsewhere = try await site.run("get", "1/ä b.png", variables: ["S3CACHE_DIRECTORY": site.files.path])
            #expect(elsewhere.exit == .code(1) && elsewhere.errors.contains("its copy is not in this machine's"))

            isAway.withLock { $0 = false }
            let second = try site.startWorker()
            try await site.session.run("update s3cache.job set run_at = now() where state = 'waiting'")
            #expect(try await site.session.wait(for: job).state == "done")
            #expect(try await site.bucket.store.get("1/ä b.png", limit: 1_000) == Self.image)
            let read = try await S3CacheProgram.run(["get", "1/ä b.png"], environment: site.environment())
            #expect(read.1.standardOutputBytes == Self.image)
            second.send(SIGTERM)
            #expect(try await second.waitForExit() == .code(0), "\(second.standardError)")
        }
    }

    @Test func environmentSaysWhetherAndWhere() async throws {
        try await BucketSite.use(faults: { _ in .reset(.beforeRequest) }) { site in
            for (name, value) in [("S3CACHE_FALLBACK", "perhaps"), ("S3CACHE_LOCAL_URL", "ftp://example.com")] {
                let refused = try await site.run("worker", "--once", variables: [name: value])
                #expect(refused.exit == .code(1) && refused.errors.contains("\(name) takes"), "\(refused.errors)")
            }
            let job = try await upload(site, "1/a.png")
            let without = try await site.run("worker", "--once", variables: ["S3CACHE_FALLBACK": "off"])
            #expect(without.exit == .code(0), "\(without.errors)")
            #expect(try await site.session.status(of: job).code == "unavailable")
            #expect(try await site.session.filenames() == [])
            try await site.session.run("update s3cache.job set run_at = now() where state = 'waiting'")
            let with = try await site.run(
                "worker", "--once", variables: ["S3CACHE_LOCAL_URL": "https://img.example.com/copies/"])
            #expect(with.exit == .code(0), "\(with.errors)")
            let url = try await site.session.text("select s3cache.url('1/a.png')")
            let prefix = "https://img.example.com/copies/\(site.bucket.name)/\(job)-"
            #expect(url?.hasPrefix(prefix) == true && url?.hasSuffix("/a.png") == true, "\(url ?? "")")
            let path = String(url?.dropFirst("https://img.example.com/copies/".count) ?? "")
            #expect(FileManager.default.contents(atPath: site.site.directory.path(of: path)) == Data(Self.image))
        }
    }

    /// A CDN is believed where what it gives is what the row says, and asked for nothing else.
    @Test func readsAskTheCDNFirstButForJSON() async throws {
        let stale = Shared(false)
        let cdn = try FetchedHost { target in
            guard target.hasSuffix("/a.png") || target.hasSuffix("/c.json") else { return .status("404 Not Found") }
            return .found(stale.value ? Self.other : Self.image)
        }
        try await BucketSite.use { site in
            try await site.session.run("select s3cache.configure(cdn_url => $1)", cdn.origin + "/cdn")
            let worker = try site.startWorker([
                "S3CACHE_FETCH_HTTP": "on", "S3CACHE_FETCH_PORTS": "80, 443, \(cdn.port)",
                "S3CACHE_FETCH_NETWORKS": "127.0.0.1/32",
            ])
            let json = Array(#"{"a": 1}"#.utf8)
            for (name, bytes) in [("a.png", Self.image), ("b.png", Self.other), ("c.json", json)] {
                #expect(try await site.session.wait(for: try await upload(site, name, bytes)).state == "done")
            }
            func read(_ name: String) async throws -> [UInt8]? {
                let job: Int64 = try await site.session.connection.query("select s3cache.read($1)", [.string(name)])
                    .only[0]
                let ended = try await site.session.wait(for: job)
                #expect(ended.state == "done", "\(ended)")
                return try await site.session.connection.query("select s3cache.content($1)", [.int64(job)]).only[0]
            }
            func gets() -> Int {
                site.proxy.requests.filter { $0.method == "GET" && $0.target.contains(".") }.count
            }
            let before = gets()
            #expect(try await read("a.png") == Self.image)
            #expect(cdn.targets == ["/cdn/a.png"] && gets() == before)
            #expect(try await read("b.png") == Self.other)
            #expect(cdn.targets.last == "/cdn/b.png" && gets() == before + 1)
            stale.withLock { $0 = true }
            #expect(try await read("a.png") == Self.image)
            #expect(cdn.targets.count == 3 && gets() == before + 2)
            #expect(try await read("c.json") == json)
            #expect(try await read("absent.png") == nil)
            #expect(cdn.targets.count == 3)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0), "\(worker.standardError)")
        }
    }
}
