internal import Adapters
internal import ArgumentParser
internal import Core
internal import Foundation
internal import Postgres
internal import S3

/// Removes the local files of archived rows: what `s3cache archive --remove-local` does.
struct LocalRemoval {
    var binding: String
    /// At most so many files are compared with their objects.
    var limit: Int?
    var isDryRun: Bool
    var output: OutputOptions

    /// Throws what the command is to end with.
    func run() async throws {
        let connection = try await Database.connect()
        let report = RemovalReport(isJSON: output.json)
        let worker = OwnWorker(name: "remove-local", concurrency: 1, files: try Self.files(), isDryRun: isDryRun)
        let job: JobRow
        do {
            job = try await worker.run(observe: { report.show($0) }) { worker in
                let id: Int64 = try await connection.query(
                    "select s3cache.remove_local($1, $2, $3, $4) as id",
                    [.string(binding), .int64(worker), .int64(orNull: limit.map(Int64.init)), .bool(isDryRun)]
                ).only["id"]
                return try await JobWaiter(connection: connection).wait(for: id) { _ in }
            }
        } catch let code as ExitCode {
            report.interrupted()
            throw code
        }
        try report.finish(job, output)
    }

    /// The files that archives find, without those that are objects themselves, or copies of some.
    private static func files() throws -> FileRoots {
        let variables = ProcessInfo.processInfo.environment
        let roots = variables["S3CACHE_FILE_ROOTS", default: ""]
        do {
            let kept = try S3Environment(variables).directory
            return try FileRoots(
                roots.isEmpty ? FileManager.default.currentDirectoryPath : roots, removingAllBut: [kept])
        } catch let error as S3EnvironmentError {
            throw CommandFailure(message: error.message + ".")
        }
    }
}
