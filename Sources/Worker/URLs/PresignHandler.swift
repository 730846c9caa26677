package import Core

/// Signs URLs of files for who asked for them: for caches whose `presign_mode` is `worker`.
package struct PresignHandler: JobHandler {
    /// The built-in `presign_ttl`, for jobs that do not say how long their URLs are to live.
    private static let usualLifetime = 3_600

    private let environment: JobEnvironment

    /// A handler for presign jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard let filenames = job.arguments.filenames else {
            throw environment.invalidArguments(of: job, "names no files")
        }
        let lifetime = job.arguments.seconds ?? Self.usualLifetime
        let (configuration, store) = try await environment.open(job)
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        var files: [PresignedFile] = []
        files.reserveCapacity(filenames.count)
        for filename in filenames {
            let key = configuration.key(of: ObjectKey(filename))
            files.append(
                PresignedFile(filename: filename, url: try await store.presignedURL(of: key, lifetime: lifetime)))
            try await progress.report(done: files.count, total: filenames.count)
        }
        let signed = files
        try await environment.persistently { try await environment.urls.complete(job, presigned: signed) }
    }
}
