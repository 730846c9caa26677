import Core
import Foundation
import TestSupport
import Testing

/// The embedded store: SQL gives the URLs of files, and the program goes on as before.
@Suite(.timeLimit(.minutes(15))) struct DirectoryURLTests {
    @Test func sqlGivesTheURLOfTheFileAndCommandsStillFindIt() async throws {
        try await Site.use { site in
            try await site.store().put("1/a b.png", [1, 2])
            try FileManager.default.createDirectory(
                atPath: site.directory.path(of: "second"), withIntermediateDirectories: true)
            try await site.session.run("select s3cache.create_cache('second', bucket => 'second')")
            #expect(try await site.rebuild().state == "done")
            let url = try #require(try await site.session.text("select s3cache.url('1/a b.png')"))
            let file = try #require(URL(string: url))
            #expect(file.isFileURL)
            #expect(try Data(contentsOf: file) == Data([1, 2]))
            let other = try await site.session.text("select s3cache.url('x', cache => 'second')")
            #expect(other?.hasSuffix("/second/x") == true && other?.hasPrefix("file:///") == true)
            #expect(try await site.session.number("select count(*) from s3cache.signing_key") == 0)

            let printed = try await site.run("urls", "1/a b.png")
            #expect(printed.exit == .code(0) && printed.output == url + "\n")
            let worker = try site.startWorker()
            try await waitUntil("the worker's endpoint shows") {
                try await site.session.text("select endpoint from s3cache.cache where name = 'second'")?
                    .hasPrefix("file:///") ?? false
            }
            let got = try await site.run("get", "1/a b.png", "-o", "/dev/null")
            #expect(got.exit == .code(0), "\(got.errors)")
            let doctor = try await site.run("doctor")
            #expect(doctor.exit == .code(0) && !doctor.output.contains("signing keys"), "\(doctor.output)")
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            #expect(!worker.standardError.contains("Signing keys"))
        }
    }

    @Test func presignJobGivesTheFileThatReallyHoldsTheObject() async throws {
        try await Site.use { site in
            for key in ["x", "x/y", "..", "plain"] as [ObjectKey] {
                try await site.store().put(key, Array(key.string.utf8))
            }
            try await site.session.run("select s3cache.configure(presign_mode => 'worker')")
            let id = try await site.session.number("select s3cache.presign(array['x', 'x/y', '..', 'plain'])")
            let once = try await site.run("worker", "--once")
            #expect(once.exit == .code(0), "\(once.errors)")
            #expect(try await site.session.status(of: Int64(id)).count("signed") == 4)
            for filename in ["x", "x/y", "..", "plain"] {
                let url = try #require(
                    try await site.session.text("select url from s3cache.presigned where filename = $1", filename))
                #expect(try Data(contentsOf: try #require(URL(string: url))) == Data(filename.utf8), "\(url)")
            }
        }
    }

    @Test func workerWithoutS3SaysOnceThatItCannotSignForACacheThatIsThere() async throws {
        try await Site.use { site in
            try await site.session.run(
                "select s3cache.configure(bucket => 'bucket', endpoint => 'https://s3.eu-west-1.amazonaws.com')")
            let once = try await site.run("worker", "--once")
            #expect(once.exit == .code(0))
            #expect(
                once.errors.contains("Signing keys cannot be published") && once.errors.contains("AWS_ACCESS_KEY_ID"))
        }
    }
}
