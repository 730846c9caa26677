package import Core

/// Looks whether the objects and the files of bound rows are there. The bound table is only read.
///
/// Rows go in batches in the order of the primary key, several HEAD requests at once, and after each it is written down how far the job
/// is: a worker that dies has lost one batch, which is looked at again and counted once. Only what the bucket says is not there is
/// missing; where HEAD fails otherwise the row counts as an error, and what concerns the whole bucket fails the attempt.
package struct VerifyBindingHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for jobs that verify a binding.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let plan = try await environment.archives.verification(for: job)
        let reporter = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        var progress = plan.progress
        if plan.asksBucket { try await verifyObjects(&progress, job, reporter) }
        if plan.looksForFiles { try await lookForFiles(&progress, plan.root, job, reporter) }
        guard try await environment.jobs.complete(job, result: progress.result) else { throw ClaimLost(jobID: job.id) }
    }

    private func verifyObjects(
        _ progress: inout BindingVerification.Progress, _ job: Job, _ reporter: ProgressReporter
    ) async throws {
        let (configuration, store) = try await environment.open(job)
        while true {
            let fence = try await environment.caches.fence()
            let rows = try await nextRows(
                after: progress.lastObject, past: progress.result.checked, withObject: true, job)
            guard let last = rows.last else { return }
            let answers = try await reporter.reportingAlive {
                try await ask(store, for: rows, configuration, job)
            }
            try await keep(rows, answers, fence, job, reporter)
            let problems = rows.indices.map { problem(rows[$0], answers[$0]) }
            for problem in problems { progress.result.count(object: problem) }
            progress.lastObject = last.id
            try await save(progress, problems, job, reporter)
        }
    }

    private func lookForFiles(
        _ progress: inout BindingVerification.Progress, _ root: String?, _ job: Job, _ reporter: ProgressReporter
    ) async throws {
        guard !environment.files.isEmpty else {
            throw JobFailure(
                code: "file_not_allowed",
                message: "This worker looks for no files: set S3CACHE_FILE_ROOTS to the directories that they lie in.",
                isRetryable: false)
        }
        let finder = FileFinder(files: environment.files, limit: environment.settings.verifyConcurrency)
        while true {
            let rows = try await nextRows(
                after: progress.lastFile, past: progress.result.localChecked ?? 0, withObject: false, job)
            guard let last = rows.last else { return }
            let found = try await reporter.reportingAlive {
                try await finder.find(rows.map { FileSearch($0.file, root: root) }) { _, _, _ in true }
            }
            let problems = rows.indices.map {
                found[$0] == nil ? BindingProblem(withoutFile: rows[$0], root: root) : nil
            }
            for problem in problems { progress.result.count(file: problem) }
            progress.lastFile = last.id
            try await save(progress, problems, job, reporter)
        }
    }

    /// The next rows; none where so many as were asked for are done.
    private func nextRows(
        after row: String?, past done: Int, withObject: Bool, _ job: Job
    ) async throws -> [BoundRow] {
        try Task.checkCancellation()
        let wanted = min(environment.settings.verifyBatch, job.arguments.limit.map { $0 - done } ?? .max)
        guard wanted > 0 else { return [] }
        return try await environment.archives.boundRows(for: job, after: row, limit: wanted, withObject: withObject)
    }

    /// What the bucket said of each row; rows that name no object are left out. Throws what concerns the whole bucket.
    private func ask(
        _ store: any ObjectStore, for rows: [BoundRow], _ configuration: CacheConfiguration, _ job: Job
    ) async throws -> [Int: Answer] {
        try await concurrently(rows.indices, limit: environment.settings.verifyConcurrency) { index -> Answer? in
            guard let filename = rows[index].filename else { return nil }
            let key = configuration.key(of: filename)
            do {
                guard let object = try await store.head(key) else { return Answer.missing(key) }
                return Answer.present(object)
            } catch let error as StoreError {
                if error.concernsWholeBucket { throw error }
                environment.observe(.verificationFailed(job, error))
                return Answer.unknown(error)
            }
        }
    }

    private enum Answer: Sendable {
        case present(ObjectSummary)
        case missing(ObjectKey)
        case unknown(StoreError)
    }

    private func problem(_ row: BoundRow, _ answer: Answer?) -> BindingProblem? {
        switch answer {
        case nil: BindingProblem(unaddressed: row)
        case .present: nil
        case .missing(let key): BindingProblem(row, missing: key)
        case .unknown(let error): BindingProblem(row, error)
        }
    }

    /// Tells the cache's own rows what the bucket said.
    private func keep(
        _ rows: [BoundRow], _ answers: [Int: Answer], _ fence: Fence, _ job: Job, _ reporter: ProgressReporter
    ) async throws {
        let verified = rows.indices.compactMap { index -> VerifiedRow? in
            guard let filename = rows[index].filename else { return nil }
            switch answers[index] {
            case .present(let object): return VerifiedRow(filename: filename, object: object)
            case .missing: return VerifiedRow(filename: filename, object: nil)
            case .unknown, nil: return nil
            }
        }
        guard !verified.isEmpty else { return }
        var pause = YieldPause()
        while try await !environment.caches.record(verified, fence: fence, for: job) {
            try await pause.wait()
            // It waits for a user, and does not stand still.
            try await reporter.reportAlive()
        }
    }

    private func save(
        _ progress: BindingVerification.Progress, _ problems: [BindingProblem?], _ job: Job,
        _ reporter: ProgressReporter
    ) async throws {
        try await environment.archives.save(progress, for: job)
        environment.observe(.rowsVerified(job, problems.compactMap { $0 }, progress))
        try await reporter.report(done: progress.done, total: progress.total)
    }
}
