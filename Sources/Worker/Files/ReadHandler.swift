package import Core

/// Brings an object's bytes into the database, piece by piece, where their owner finds them for an hour.
package struct ReadHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for read jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let file = try await environment.openFile(job)
        guard let limit = job.arguments.maxBytes else { throw environment.invalidArguments(of: job, "has no limit") }
        try await ObjectReading(environment: environment, job: job, file: file, limit: limit).run { object in
            try await environment.persistently { try await environment.contents.complete(job, read: object) }
        }
    }
}
