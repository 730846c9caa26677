package import Core

/// Stores a file of the worker's machine. It is read three times, never as a whole: to inspect it, to hash it, to send it.
package struct UploadFileHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for upload_file jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard let path = job.arguments.path else { throw environment.invalidArguments(of: job, "names no file") }
        let configuration = try await environment.caches.configuration(of: job.cache)
        let source = try await environment.files.open(path)
        try configuration.content.check(size: source.size)
        try await environment.holding(MemoryFootprint.streamed(source.size), for: job) {
            try await upload(job, of: source)
        }
    }

    private func upload(_ job: Job, of source: any ObjectSource) async throws {
        let inspection = try await source.inspection()
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        let digests = try await progress.reportingAlive {
            try await environment.hasher.digests(
                of: source, TransferOptions().plan(for: source.size), withMD5: true)
        }
        let content = HashedContent(
            size: source.size, format: inspection.format, sha256: digests.sha256, md5: digests.md5)
        // The name may depend on the contents.
        guard let arguments = try await environment.contents.name(job, by: content) else {
            // Others work on the object of that name: the job comes back in its turn.
            throw CancellationError()
        }
        var named = job
        named.arguments = arguments
        var upload = Upload(environment, named, try await environment.openFile(named), of: source)
        upload.sha256 = digests.sha256
        upload.md5 = digests.md5?.hexadecimal
        upload.digests = digests
        try await upload.run(inspection)
    }
}
