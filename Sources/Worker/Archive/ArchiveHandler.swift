package import Core

/// Uploads the files of bound rows that have no URL yet, and writes the URLs into the rows.
///
/// Several files go at once. A batch's objects, URLs and counters are written in one transaction, one batch after the other, while
/// files of the next ones are on their way; what concerns the whole bucket ends the job after the batches before. A file that is missing, refused or cannot be uploaded leaves its row as it was. What a worker
/// that dies had not written down is uploaded once more, under the same names.
package struct ArchiveHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for archive jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard !environment.files.isEmpty else {
            throw JobFailure(
                code: "file_not_allowed",
                message: "This worker uploads no files: set S3CACHE_FILE_ROOTS to the directories that they lie in.",
                isRetryable: false)
        }
        let configuration = try await environment.caches.configuration(of: job.cache)
        let plan = try await environment.archives.plan(for: job)
        let files = ArchiveFiles(
            environment: environment, job: job, plan: plan, configuration: configuration,
            store: plan.isDryRun ? nil : try environment.stores.store(for: configuration))
        let reporter = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        var result = try await reporter.reportingAlive { try await run(files, reporter) }
        // Rows that others archived or deleted meanwhile are none of the job's.
        result.total = result.handled
        guard try await environment.jobs.complete(job, result: result) else { throw ClaimLost(jobID: job.id) }
    }

    /// What has become of a step.
    private enum Ended: Sendable {
        case recorded(ArchiveProgress)
        case fetched([ArchiveRow])
        case looked(ArchiveLook, ArchiveOutcome?)
        case listed(batch: Int, names: [String: [String: [String]]])
        case blocked(ArchiveLook, StoreError)
    }

    private func run(_ files: ArchiveFiles, _ reporter: ProgressReporter) async throws -> ArchiveResult {
        let plan = files.plan
        var progress = plan.progress
        var failure: StoreError?
        var window = ArchiveWindow(
            total: progress.result.total - progress.result.handled, after: progress.last, batchSize: plan.batchSize,
            rowsAtOnce: environment.settings.archiveConcurrency, pageSize: environment.settings.archivePage,
            root: plan.root)
        return try await withThrowingTaskGroup(of: Ended.self) { group in
            func startWhatIsNext() {
                while let step = window.next() {
                    let before = progress
                    group.addTask { try await perform(step, files, before, reporter) }
                }
            }
            var rows = progress.result.handled
            func observeRows() {
                environment.observe(.archiveAdvanced(files.job, rows: rows, of: progress.result.total))
            }
            observeRows()
            startWhatIsNext()
            while let ended = try await group.next() {
                switch ended {
                case .recorded(let recorded):
                    progress = recorded
                    rows = max(rows, recorded.result.handled)
                    window.recorded()
                case .fetched(let rows): window.fetched(rows)
                case .looked(let look, let outcome):
                    window.looked(look, outcome)
                    if outcome != nil {
                        rows += 1
                        observeRows()
                    }
                case .listed(let batch, let names): window.listed(batch: batch, names)
                case .blocked(let look, let error):
                    failure = failure ?? error
                    window.blocked(look)
                }
                startWhatIsNext()
            }
            if let failure { throw failure }
            return progress.result
        }
    }

    private func perform(
        _ step: ArchiveWindow.Step, _ files: ArchiveFiles, _ progress: ArchiveProgress, _ reporter: ProgressReporter
    ) async throws -> Ended {
        try Task.checkCancellation()
        switch step {
        case .fetch(let last, let limit):
            return .fetched(try await environment.archives.rows(for: files.job, after: last, limit: limit))
        case .look(let look):
            do {
                return .looked(look, try await files.archive(look))
            } catch let error as StoreError {
                return .blocked(look, error)
            }
        case .list(let batch, let stems):
            let finder = FileFinder(files: environment.files, limit: 1)
            return .listed(batch: batch, names: try await finder.names(of: stems))
        case .record(var batch):
            batch.outcomes = try await located(batch.outcomes, files.job)
            let recorded = try await record(batch, progress, files.job, reporter)
            environment.observe(.rowsArchived(files.job, batch.outcomes, of: recorded.result.total))
            try await reporter.report(done: recorded.result.handled, total: recorded.result.total)
            return .recorded(recorded)
        }
    }

    /// The same, where files that would be uploaded have their URLs.
    private func located(_ outcomes: [ArchiveOutcome], _ job: Job) async throws -> [ArchiveOutcome] {
        let filenames = outcomes.compactMap { outcome -> ObjectKey? in
            guard case .previewed(let preview) = outcome else { return nil }
            return ObjectKey(preview.filename)
        }
        guard !filenames.isEmpty else { return outcomes }
        var urls = try await environment.archives.urls(of: filenames, for: job)[...]
        return outcomes.map { outcome in
            guard case .previewed(var preview) = outcome, let url = urls.popFirst() else { return outcome }
            preview.url = url
            return .previewed(preview)
        }
    }

    private func record(
        _ batch: ArchiveBatch, _ progress: ArchiveProgress, _ job: Job, _ reporter: ProgressReporter
    ) async throws -> ArchiveProgress {
        var next = progress
        next.last = batch.rows.last?.place
        var files: [ArchivedFile] = []
        var previews: [ArchivePreview] = []
        for outcome in batch.outcomes {
            switch outcome {
            case .missing(let problem), .failed(let problem): environment.observe(.rowNotArchived(job, problem))
            case .stored(let file): files.append(file)
            case .previewed(let preview): previews.append(preview)
            }
            next.result.count(outcome)
        }
        if !previews.isEmpty { next.result.show(previews) }
        var pause = YieldPause()
        while true {
            do {
                if let recorded = try await environment.archives.record(files, next, for: job) { return recorded }
            } catch let failure as JobFailure where failure.code == JobFailure.bindingUnusable {
                try await environment.keep(files, for: job)
                throw failure
            }
            try await pause.wait()
            // It waits for a user, and does not stand still.
            try await reporter.reportAlive()
        }
    }
}
