package import Core

/// Deletes the object, has the CDN forget it, then deletes its row. An object that is not there counts as deleted.
package struct DeleteObjectHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for delete_object jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let file = try await environment.openFile(job)
        if environment.settings.isDryRun {
            return try await environment.complete(
                job, dryRun: DryRunResult(.delete, filename: file.filename, key: file.key))
        }
        try await file.store.delete(file.key)
        let purge = await Purge(environment, job).run(file.hooked())
        try await environment.persistently(noting: purge, for: job) {
            try await environment.contents.completeDeletion(job)
        }
    }
}
