package import Core

/// Brings an object's bytes into the database, where their owner finds them for an hour.
package struct ReadHandler: JobHandler {
    /// What is read at most where the job does not say: 50 MB.
    private static let defaultLimit = 50_000_000

    private let environment: JobEnvironment

    /// A handler for read jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let file = try await environment.openFile(job)
        let contents = try await file.store.read(file.key, limit: job.arguments.maxBytes ?? Self.defaultLimit)
        try await environment.persistently { try await environment.contents.complete(job, read: contents) }
    }
}
