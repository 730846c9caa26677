package import Core

/// Deletes the object, then its row. An object that is not there counts as deleted.
package struct DeleteObjectHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for delete_object jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let file = try await environment.openFile(job)
        try await file.store.delete(file.key)
        try await environment.persistently { try await environment.contents.completeDeletion(job) }
    }
}
