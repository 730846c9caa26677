import Foundation
import TestSupport
import Testing

/// The commands: what they print, and how they exit.
@Suite(.timeLimit(.minutes(15))) struct CommandLineTests {
    private func object(_ text: String) throws -> [String: any Sendable] {
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
        guard let object = parsed as? [String: any Sendable] else { throw TestFailure("no JSON object: \(text)") }
        return object
    }

    @Test func everyCommandPrintsOneJSONDocument() async throws {
        try await Site.use { site in
            for name in ["a", "b", "1/c"] { try site.directory.write([1, 2], to: name) }
            let worker = try site.startWorker()

            let rebuilt = try await site.run("rebuild", "--json")
            #expect(rebuilt.exit == .code(0))
            let job = try object(rebuilt.output)
            #expect(job["state"] as? String == "done" && job["kind"] as? String == "rebuild")
            let result = job["result"] as? [String: any Sendable]
            #expect(result?["listed"] as? Int == 3 && result?["added"] as? Int == 3)

            let added = try await site.run("add", "d", "a", "d", "--json")
            let addition = try object(added.output)
            #expect(added.exit == .code(0) && addition["added"] as? Int == 1)

            let verified = try await site.run("verify", "--prefix", "", "--json")
            #expect(verified.exit == .code(0))
            let verifyResult = try object(verified.output)["result"] as? [String: any Sendable]
            #expect(verifyResult?["checked"] as? Int == 4 && verifyResult?["missing"] as? Int == 1)

            let stats = try await site.run("stats", "--json")
            #expect(stats.exit == .code(0))
            let statistics = try object(stats.output)
            #expect(statistics["files"] as? Int == 3 && statistics["bytes"] as? Int == 6)

            let queued = try await site.run("rebuild", "--no-wait", "--dry-run", "--json")
            let enqueued = try object(queued.output)
            #expect(queued.exit == .code(0) && enqueued["id"] is Int)

            let jobs = try await site.run("jobs", "--json", "--limit", "50")
            #expect(jobs.exit == .code(0))
            let list = try JSONSerialization.jsonObject(with: Data(jobs.output.utf8)) as? [[String: any Sendable]]
            #expect((list?.count ?? 0) >= 3)
            for command in [
                ["rebuild"], ["verify"], ["stats"], ["jobs"], ["add", "a"], ["rebuild", "--prefix", "1/"],
            ] {
                let (exit, process) = try await S3CacheProgram.run(command, environment: site.environment)
                #expect(exit == .code(0), "\(command): \(process.standardError)")
                #expect(!process.standardOutput.isEmpty)
            }
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }

    @Test func failedJobExitsWithOneAndItsReason() async throws {
        try await Site.use { site in
            let worker = try site.startWorker()
            try FileManager.default.removeItem(atPath: site.directory.path)
            let (exit, output, errors) = try await site.run("rebuild")
            #expect(exit == .code(1) && output.isEmpty)
            #expect(errors.contains("failed") && errors.contains(site.directory.path), "\(errors)")
            let json = try await site.run("rebuild", "--json")
            let job = try object(json.output)
            #expect(json.exit == .code(1) && job["state"] as? String == "failed")
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }

    @Test func interruptWhileWaitingExitsWith130AndLeavesTheJob() async throws {
        try await Site.use { site in
            let command = try S3CacheProgram.start(["rebuild"], environment: site.environment)
            try await waitUntil("the job is queued") {
                try await site.session.number("select count(*) from s3cache.job where state = 'queued'") == 1
            }
            try await waitUntil("it says that no worker runs") {
                command.standardError.contains("no worker of this release is running; start or restart one with")
            }
            command.send(SIGINT)
            #expect(try await command.waitForExit(deadline: .seconds(60)) == .code(130))
            #expect(try await site.session.number("select count(*) from s3cache.job where state = 'queued'") == 1)
        }
    }

    @Test(arguments: [
        ["rebuild", "--wrong"], ["nonsense"], ["worker", "--lease", "0"], ["worker", "--concurrency", "65"],
        ["worker", "--slice-size", "999"], ["worker", "--share-from", "0"], ["worker", "--log-level", "loud"],
        ["worker", "--grace", "-1"], ["add"],
        ["jobs", "--limit", "0"], ["jobs", "--state", "odd"], ["verify", "--limit", "many"], ["worker", "--name"],
    ])
    func wrongUsageExitsWithTwo(_ arguments: [String]) async throws {
        let (exit, process) = try await S3CacheProgram.run(arguments)
        #expect(exit == .code(2), "\(process.standardError)")
        #expect(process.standardOutput.isEmpty && process.standardError.contains("Usage:"))
    }

    @Test(arguments: [["--help"], ["worker", "--help"], ["rebuild", "--help"], ["--version"]])
    func helpAndVersionAreResults(_ arguments: [String]) async throws {
        let (exit, process) = try await S3CacheProgram.run(arguments)
        #expect(exit == .code(0) && !process.standardOutput.isEmpty && process.standardError.isEmpty)
    }

    @Test(arguments: [["rebuild"], ["add", "a"], ["verify"], ["stats"]])
    func unknownCacheIsNamed(_ command: [String]) async throws {
        try await Site.use { site in
            let (exit, process) = try await S3CacheProgram.run(
                command + ["--cache", "nowhere"], environment: site.environment)
            #expect(exit == .code(1))
            #expect(process.standardError.contains("There is no cache nowhere"), "\(process.standardError)")
            #expect(process.standardError.contains("s3cache.cache"))
        }
    }

    @Test(arguments: [["worker", "--once"], ["rebuild"], ["add", "a"], ["verify"], ["stats"], ["jobs"]])
    func databaseWithoutTheExtensionIsExplained(_ command: [String]) async throws {
        try await TestDatabase.use(installed: false) { database in
            let (exit, process) = try await S3CacheProgram.run(command, environment: database.environment)
            #expect(exit == .code(1))
            #expect(process.standardError.contains("CREATE EXTENSION s3cache"), "\(process.standardError)")
            #expect(process.standardError.contains("s3cache migrate"))
        }
    }

    @Test(arguments: [["worker", "--once"], ["rebuild"], ["stats"], ["migrate"]])
    func missingServerIsExplained(_ command: [String]) async throws {
        let (exit, process) = try await S3CacheProgram.run(command, environment: ["PGHOST": "/nowhere", "PGPORT": "1"])
        #expect(exit == .code(1))
        #expect(process.standardError.contains("DATABASE_URL"), "\(process.standardError)")
    }

    @Test func migrateInstallsAndRunsAgainHarmlessly() async throws {
        try await TestDatabase.use(installed: false) { database in
            for _ in 0..<2 {
                let (exit, process) = try await S3CacheProgram.run(["migrate"], environment: database.environment)
                #expect(exit == .code(0), "\(process.standardError)")
                #expect(process.standardOutput.contains("is installed"))
            }
            let stats = try await S3CacheProgram.run(["stats", "--json"], environment: database.environment)
            #expect(stats.exit == .code(0))
            let dumped = try await S3CacheProgram.run(["migrate", "--dump-sql"])
            #expect(dumped.exit == .code(0) && dumped.process.standardOutput.contains("create table"))
        }
        try await Site.use { site in
            let refused = try await site.run("migrate")
            #expect(refused.exit == .code(1))
            #expect(refused.errors.contains("ALTER EXTENSION s3cache UPDATE"), "\(refused.errors)")
        }
    }
}
