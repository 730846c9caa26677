import Adapters
import BucketSupport
import Core
import Foundation
import ImageFixtures
import TestSupport
import Testing
import Worker

/// While a bucket does not answer, uploads are served from copies; once it does, they are in it, and the copies go.
@Suite(.timeLimit(.minutes(15))) struct FallbackTests {
    private static let image = RasterImages.png(4, 3)
    private static let other = RasterImages.png(5, 6)

    /// What the way to the bucket does.
    private enum Weather: Sendable { case fair, writesFail, awayFor(FaultProxy.Fault) }

    private func withWorker(
        _ body: @escaping @Sendable (Rig, TestBucket, Shared<Weather>, TemporaryDirectory) async throws -> Void
    ) async throws {
        try await withFiles { rig, bucket, weather, copies, _ in try await body(rig, bucket, weather, copies) }
    }

    /// The last directory is the one that files are uploaded from.
    private func withFiles(
        _ body:
            @escaping @Sendable (
                Rig, TestBucket, Shared<Weather>, TemporaryDirectory, TemporaryDirectory
            ) async throws -> Void
    ) async throws {
        let weather = Shared(Weather.fair)
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let directory = try TemporaryDirectory()
            var rig = rig
            let sources = try TemporaryDirectory()
            try sources.write(Self.other, to: "f.png")
            rig.files = try FileRoots(sources.path)
            rig.copies = try DirectoryCopies(root: directory.path, isMadeHere: false)
            var settings = WorkerSettings.small
            settings.copyKept = .zero
            settings.copyInterval = .milliseconds(200)
            try await TestBucket.use(on: .rgw) { [rig, settings] bucket in
                let proxy = try FaultProxy(upstream: bucket.server.endpoint) { request in
                    switch weather.value {
                    case .fair: .none
                    case .writesFail: ["PUT", "POST"].contains(request.method) ? .reset(.beforeRequest) : .none
                    case .awayFor(let fault): fault
                    }
                }
                let store = try bucket.store(at: proxy.origin, longestPause: .milliseconds(50))
                try await rig.withWorker(store, settings: settings) {
                    try await body(rig, bucket, weather, directory, sources)
                }
                #expect(FileManager.default.fileExists(atPath: sources.path(of: "f.png")))
            }
        }
    }

    private func upload(_ rig: Rig, _ name: String, _ bytes: [UInt8]) async throws -> Int64 {
        try await rig.session.connection.query("select s3cache.upload($1, $2)", [.string(name), .bytes(bytes)]).only[0]
    }

    private func waitForCopy(_ rig: Rig, of job: Int64) async throws {
        try await waitUntil("the copy of job \(job)") {
            let seen = try await rig.session.text(
                "select concat_ws('|', state, result ->> 'location') from s3cache.jobs where id = \(job)"
            )
            return seen == "waiting|local"
        }
    }

    private func file(at url: String?) throws -> [UInt8] {
        let url = try #require(url.flatMap { URL(string: $0) })
        #expect(url.isFileURL)
        return Array(try Data(contentsOf: url))
    }

    private func read(_ rig: Rig, _ name: String) async throws -> [UInt8]? {
        let job: Int64 = try await rig.session.connection.query("select s3cache.read($1)", [.string(name)]).only[0]
        let ended = try await rig.session.wait(for: job)
        #expect(ended.state == "done", "\(ended)")
        return try await rig.session.connection.query("select s3cache.content($1)", [.int64(job)]).only[0]
    }

    private func files(in directory: TemporaryDirectory) async throws -> [String] {
        try await DirectoryStore(root: directory.path).everything().map(\.key.string)
    }

    /// Ends the job's waiting.
    private func hasten(_ rig: Rig, _ job: Int64) async throws {
        try await waitUntil("the end of the waiting") {
            let hastened = try await rig.session.number(
                """
                with hastened as (update s3cache.job set run_at = now() where id = \(job) and state = 'waiting' returning id)
                select count(*) from hastened
                """)
            if hastened == 1 { return true }
            return try await rig.session.status(of: job).hasEnded
        }
    }

    @Test(arguments: ["reset", "503", "cut"])
    func uploadIsServedFromACopyUntilTheBucketIsBack(fault: String) async throws {
        try await withWorker { rig, bucket, weather, directory in
            let faults: [String: FaultProxy.Fault] = [
                "reset": .reset(.beforeRequest), "503": .status(500), "cut": .close(.beforeRequest),
            ]
            weather.withLock { $0 = .awayFor(faults[fault] ?? .none) }
            let job = try await upload(rig, "1/a.png", Self.image)
            try await waitForCopy(rig, of: job)
            let row = try await rig.session.text(
                "select concat_ws('|', state, location, size, width, height, content_type) from s3_image_cache")
            #expect(row == "present|local|\(Self.image.count)|4|3|image/png")
            let url = try await rig.session.text("select s3cache.url('1/a.png')")
            #expect(try file(at: url) == Self.image)
            #expect(try await rig.session.text("select s3cache.primary_image('1/') ->> 'url'") == url)
            #expect(try await read(rig, "1/a.png") == Self.image)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 1)
            #expect(try await files(in: directory).count == 1)

            weather.withLock { $0 = .fair }
            try await hasten(rig, job)
            #expect(try await rig.session.wait(for: job).state == "done")
            #expect(try await bucket.store.get("1/a.png", limit: 1_000) == Self.image)
            #expect(try await rig.session.text("select location from s3_image_cache") == "s3")
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            #expect(try await rig.session.text("select s3cache.url('1/a.png')") != url)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
            try await waitUntil("the end of the copy") {
                try await rig.session.number("select count(*) from s3cache.local_copy") == 0
            }
            #expect(try await files(in: directory).isEmpty)
        }
    }

    /// The bucket can be read, and has another object of that name, or none.
    @Test func rebuildAndVerificationLeaveTheRowAlone() async throws {
        try await withWorker { rig, bucket, weather, _ in
            try await bucket.fill([("old.png", Self.other), ("others.png", Self.other)])
            #expect(try await rig.session.wait(for: try await rig.session.enqueueRebuild()).state == "done")
            weather.withLock { $0 = .writesFail }
            let replacing = try await upload(rig, "old.png", Self.image)
            let new = try await upload(rig, "new.png", Self.image)
            try await waitForCopy(rig, of: replacing)
            try await waitForCopy(rig, of: new)
            try await bucket.store.delete("others.png")
            for round in 0..<2 {
                let rebuild = try await rig.session.enqueueRebuild(force: round == 1)
                let rebuilt = try await rig.session.wait(for: rebuild)
                #expect(rebuilt.state == "done" && rebuilt.count("removed") == (round == 0 ? 1 : 0), "\(rebuilt)")
                let verification: Int64 = try await rig.session.connection.query(
                    "select s3cache.verify(prefix => '')"
                ).only[0]
                #expect(try await rig.session.wait(for: verification).state == "done")
                let rows = try await rig.session.texts(
                    "select concat_ws('|', filename, state, location, size) from s3_image_cache order by 1")
                let size = Self.image.count
                #expect(rows == ["new.png|present|local|\(size)", "old.png|present|local|\(size)"])
            }
            let deletion: Int64 = try await rig.session.connection.query("select s3cache.delete_object('new.png')")
                .only[0]
            weather.withLock { $0 = .fair }
            // The first that gets through brings the other.
            try await hasten(rig, replacing)
            for job in [replacing, new, deletion] {
                #expect(try await rig.session.wait(for: job).state == "done")
            }
            #expect(try await bucket.store.everything().map(\.key) == ["old.png"])
            #expect(try await bucket.store.get("old.png", limit: 1_000) == Self.image)
            #expect(try await rig.session.present() == bucket.store.expectedRows())
        }
    }

    @Test func cancelledUploadLeavesWhatTheBucketHas() async throws {
        try await withWorker { rig, bucket, weather, directory in
            try await bucket.fill([("old.png", Self.other)])
            #expect(try await rig.session.wait(for: try await rig.session.enqueueRebuild()).state == "done")
            weather.withLock { $0 = .writesFail }
            let replacing = try await upload(rig, "old.png", Self.image)
            let new = try await upload(rig, "new.png", Self.image)
            for job in [replacing, new] {
                try await waitForCopy(rig, of: job)
                try await rig.session.run("select s3cache.cancel(\(job))")
            }
            try await waitUntil("the verification of what there was") {
                try await rig.session.present() == bucket.store.expectedRows()
            }
            #expect(try await rig.session.filenames() == ["old.png"])
            try await waitUntil("the end of the copies") { try await files(in: directory).isEmpty }
        }
    }

    /// Uploads of files have no bytes in the database: their copy is of the file.
    @Test func filesAndManyAtOnceAreKeptToo() async throws {
        try await withWorker { rig, bucket, weather, directory in
            weather.withLock { $0 = .awayFor(.reset(.beforeRequest)) }
            let names = (0..<20).map { "n/\($0).png" }
            var jobs: [Int64] = []
            for name in names { jobs.append(try await upload(rig, name, Self.image)) }
            jobs.append(
                try await rig.session.connection.query("select s3cache.upload_file('{md5:8}.png', path => 'f.png')")
                    .only[0]
            )
            try await waitUntil("all copies") {
                try await rig.session.number("select count(*) from s3_image_cache where location = 'local'")
                    == jobs.count
            }
            for name in names {
                #expect(try file(at: try await rig.session.text("select s3cache.url($1)", name)) == Self.image)
            }
            weather.withLock { $0 = .fair }
            try await waitUntil(deadline: .seconds(600), "all objects") {
                try await rig.session.number("select count(*) from s3_image_cache where location = 's3'") == jobs.count
            }
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            for job in jobs { #expect(try await rig.session.wait(for: job).state == "done") }
            try await waitUntil("the end of the copies") { try await files(in: directory).isEmpty }
        }
    }

    /// The bucket gets what was served: whoever has the URL may remove the file, or write another.
    @Test(arguments: [nil, other]) func aFileMayGoOnceItsCopyIsServed(next: [UInt8]?) async throws {
        try await withFiles { rig, bucket, weather, directory, sources in
            try sources.write(Self.image, to: "x.png")
            weather.withLock { $0 = .awayFor(.reset(.beforeRequest)) }
            var jobs: [Int64] = []
            for name in ["1/x.png", "2/{md5:8}.png"] {
                jobs.append(
                    try await rig.session.connection.query(
                        "select s3cache.upload_file($1, path => 'x.png')", [.string(name)]
                    ).only[0])
            }
            for job in jobs { try await waitForCopy(rig, of: job) }
            try FileManager.default.removeItem(atPath: sources.path(of: "x.png"))
            if let next { try sources.write(next, to: "x.png") }
            weather.withLock { $0 = .fair }
            for job in jobs {
                try await hasten(rig, job)
                let ended = try await rig.session.wait(for: job)
                #expect(ended.state == "done", "\(ended)")
            }
            #expect(try await bucket.store.get("1/x.png", limit: 1_000) == Self.image)
            #expect(try await rig.session.filenames().count == 2)
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            try await waitUntil("the end of the copies") { try await files(in: directory).isEmpty }
        }
    }

    /// What the bucket refuses is no outage, and a directory that cannot be written makes no difference to the job.
    @Test func refusalsKeepNoCopy() async throws {
        try await withWorker { rig, _, weather, directory in
            weather.withLock { $0 = .awayFor(.status(403)) }
            let refused = try await rig.session.wait(for: try await upload(rig, "a.png", Self.image))
            #expect(refused.state == "failed" && refused.code == "access_denied", "\(refused)")
            #expect(try await files(in: directory).isEmpty)
            try FileManager.default.removeItem(atPath: directory.path)
            weather.withLock { $0 = .awayFor(.reset(.beforeRequest)) }
            let job = try await upload(rig, "b.png", Self.image)
            try await waitUntil("the attempt's end") { try await rig.session.status(of: job).error != nil }
            let status = try await rig.session.status(of: job)
            #expect(status.error?.contains("No copy can be served meanwhile: The directory") == true, "\(status)")
            #expect(try await rig.session.filenames() == [])
            weather.withLock { $0 = .fair }
            try await hasten(rig, job)
            #expect(try await rig.session.wait(for: job).state == "done")
        }
    }
}
