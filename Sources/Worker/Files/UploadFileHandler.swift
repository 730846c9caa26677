package import Core

/// Stores a file of the worker's machine. A small one is read once; another three times, never as a whole: to inspect it, to
/// hash it, to send it.
package struct UploadFileHandler: JobHandler {
    /// Files up to this size are held. The database is not told of their contents before they are sent, and so takes a write of one
    /// that is lost on its way for one of this size: `s3cache.expect_late_writes()`.
    package static let heldSize: Int64 = 1 << 20

    private let environment: JobEnvironment

    /// A handler for upload_file jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard let path = job.arguments.path else { throw environment.invalidArguments(of: job, "names no file") }
        let (configuration, store) = try await environment.open(job)
        let source = try await environment.source(of: job, at: path)
        try configuration.content.check(size: source.size)
        let isHeld = source.size <= Self.heldSize
        let footprint = isHeld ? MemoryFootprint.held(source.size) : MemoryFootprint.streamed(source.size)
        try await environment.holding(footprint, for: job) {
            let held: any ObjectSource = isHeld ? BytesSource(try await source.read(0..<source.size)) : source
            try await upload(job, configuration, store, of: held)
        }
    }

    private func upload(
        _ job: Job, _ configuration: CacheConfiguration, _ store: any ObjectStore, of source: any ObjectSource
    ) async throws {
        let inspection = try await source.inspection()
        let digests = try await digests(of: source, for: job)
        let arguments = try await named(job, inspection, digests)
        guard let filename = arguments.filename else { throw environment.invalidArguments(of: job, "names no file") }
        var named = job
        named.arguments = arguments
        let file = OpenFile(configuration: configuration, store: store, filename: ObjectKey(filename))
        var upload = Upload(environment, named, file, of: source)
        upload.sha256 = digests.sha256
        upload.md5 = digests.md5?.hexadecimal
        upload.digests = digests
        try await upload.run(inspection)
    }

    private func digests(of source: any ObjectSource, for job: Job) async throws -> SourceDigests {
        let transfer = TransferOptions()
        // The etag of what goes in parts is no MD5.
        let needsMD5 =
            source.size <= transfer.threshold || job.arguments.template?.contains("{md5") == true
        let plan = transfer.plan(for: source.size)
        guard source.size > Self.heldSize else {
            return try await environment.hasher.digests(of: source, plan, withMD5: needsMD5)
        }
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        return try await progress.reportingAlive {
            try await environment.hasher.digests(of: source, plan, withMD5: needsMD5)
        }
    }

    /// The arguments with the name, which may depend on the contents.
    private func named(
        _ job: Job, _ inspection: ImageInspection, _ digests: SourceDigests
    ) async throws -> JobArguments {
        if job.arguments.template == nil, digests.plan.size <= Self.heldSize { return job.arguments }
        let content = HashedContent(
            size: digests.plan.size, format: inspection.format, sha256: digests.sha256, md5: digests.md5)
        guard let arguments = try await environment.contents.name(job, by: content) else {
            // Others work on the object of that name: the job comes back in its turn.
            throw CancellationError()
        }
        return arguments
    }
}
