import Adapters
import Core
import Foundation
import TestSupport

/// A database and a directory of objects, worked on by the real program.
struct Site: Sendable {
    let database: TestDatabase
    let directory: TemporaryDirectory
    /// A superuser's session.
    let session: CacheSession

    /// Runs `body` with a site that is taken down afterwards. Programs that it started end with their objects.
    static func use<Result>(_ body: (Site) async throws -> Result) async throws -> Result {
        try await Turnstile.shared.enter()
        defer { Turnstile.shared.leave() }
        return try await TestDatabase.use { database in
            try await body(
                Site(
                    database: database, directory: try TemporaryDirectory(),
                    session: CacheSession(connection: try await database.connect())))
        }
    }

    /// What the program finds in its environment.
    var environment: [String: String] {
        database.environment.merging(["S3CACHE_DIRECTORY": directory.path]) { _, own in own }
    }

    /// The directory as the program sees it.
    func store(bucket: String? = nil) throws -> DirectoryStore {
        try DirectoryStore(root: directory.path, bucket: bucket)
    }

    /// Starts a worker.
    func startWorker(_ options: String...) throws -> ChildProcess {
        try S3CacheProgram.start(["worker"] + options, environment: environment)
    }

    /// Runs the program to its end.
    func run(
        _ arguments: String..., environment: [String: String] = [:], deadline: Duration = .seconds(240)
    ) async throws -> (exit: ProcessExit, output: String, errors: String) {
        let (exit, process) = try await S3CacheProgram.run(
            arguments, environment: self.environment.merging(environment) { _, own in own }, deadline: deadline)
        return (exit, process.standardOutput, process.standardError)
    }

    /// Enqueues a rebuild and runs it with `s3cache worker --once`; gives how it ended.
    @discardableResult
    func rebuild(
        _ cache: String = "s3_image_cache", prefix: String? = nil, dryRun: Bool = false, force: Bool = false,
        options: [String] = []
    ) async throws -> JobStatus {
        let id = try await session.enqueueRebuild(cache, prefix: prefix, dryRun: dryRun, force: force)
        let (exit, process) = try await S3CacheProgram.run(
            ["worker", "--once"] + options, environment: environment, deadline: .seconds(120))
        guard exit == .code(0) else { throw TestFailure("the worker ended with \(exit): \(process.standardError)") }
        return try await session.status(of: id)
    }
}
