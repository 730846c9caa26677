package import Core

/// Stores what a URL leads to. It is downloaded into a file without a name, inspected there, and sent from there.
package struct FetchHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for fetch jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard case .download(let url) = try await environment.fetches.begin(job) else { return }
        let policy = try await environment.configurations.configuration(for: job).content
        try await environment.holding(MemoryFootprint.streamed(policy.maxBytes), for: job) {
            try await fetch(url, job, policy)
        }
    }

    private func fetch(_ url: UntrustedURL, _ job: Job, _ policy: ContentPolicy) async throws {
        let room = try environment.scratch.makeRoom()
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        let head = try await progress.reportingAlive {
            try await environment.downloader.download(
                url, limits: DownloadLimits(maximumBytes: Int(clamping: policy.maxBytes)), into: room)
        }
        let source = try room.source()
        let inspection = try await source.inspection()
        let content = HashedContent(
            size: source.size, format: inspection.format, sha256: head.sha256, md5: head.md5)
        // The name may depend on the contents.
        guard let arguments = try await environment.contents.name(job, by: content) else {
            // Others work on the object of that name: the job comes back in its turn.
            throw CancellationError()
        }
        var named = job
        named.arguments = arguments
        var upload = Upload(environment, named, try await environment.openFile(named), of: source)
        upload.sha256 = head.sha256
        upload.md5 = head.md5?.hexadecimal
        try await upload.run(inspection)
    }
}
