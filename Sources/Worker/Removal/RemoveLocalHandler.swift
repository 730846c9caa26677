package import Core

/// Removes the local files of bound rows whose objects have the same bytes. The bound table is only read.
///
/// All rows are looked at twice: first for which files they lead to, so that no file goes that a row without an object needs; then each row
/// with an object is decided, several at once: its object is read from the bucket, and compared with the file by SHA-256. A job is one
/// attempt: what it has removed needs no second one, and another job goes on with the rest.
package struct RemoveLocalHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for jobs that remove local files.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard job.attempt == 1 else {
            throw JobFailure(
                code: "interrupted", message: "The command lost its job for a while: run it again, and it goes on.",
                isRetryable: false)
        }
        do {
            let result = try await remove(job)
            guard try await environment.jobs.complete(job, result: result) else { throw ClaimLost(jobID: job.id) }
        } catch let error where !(error is ClaimLost || error is CancellationError) {
            var failure = JobFailure(from: error)
            failure.isRetryable = false
            // That would be another attempt, whatever the failure says.
            if failure.code == StoreError.Code.heldBack.rawValue { failure.code = StoreError.Code.unavailable.rawValue }
            throw failure
        }
    }

    private func remove(_ job: Job) async throws -> RemovalResult {
        // Wherever somebody runs such a job anew.
        guard environment.files.canRemove else {
            throw JobFailure(
                code: "file_not_allowed",
                message: "Workers remove no files: run s3cache archive --remove-local where the files are.",
                isRetryable: false)
        }
        let plan = try await environment.archives.removal(for: job)
        let (configuration, store) = try await environment.open(job)
        let reporter = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        var done = 0
        /// Gives `body` all rows, or those with a URL, page after page; it says whether it wants more.
        func forEachPage(withObject: Bool, _ body: ([BoundRow]) async throws -> Bool) async throws {
            var last: String?
            while true {
                try Task.checkCancellation()
                let rows = try await environment.archives.boundRows(
                    for: job, after: last, limit: environment.settings.verifyBatch, withObject: withObject)
                guard let end = rows.last else { return }
                guard try await body(rows) else { return }
                last = end.id
                done += rows.count
                environment.observe(.removalAdvanced(job, rows: done, of: plan.total))
                try await reporter.report(done: done, total: plan.total)
            }
        }
        var claims = FileClaims()
        let finder = FileFinder(files: environment.files, limit: environment.settings.verifyConcurrency)
        try await forEachPage(withObject: false) { rows in
            let found = try await reporter.reportingAlive {
                try await finder.find(rows.map { FileSearch($0.file, root: plan.root) }) { _, _, file in file.identity }
            }
            for (index, file) in found { claims.note(file, isNeeded: rows[index].filename == nil) }
            return true
        }
        claims.endNotes()
        let removal = LocalRemoval(
            environment: environment, job: job, root: plan.root, configuration: configuration, store: store,
            claims: claims)
        var result = RemovalResult(isDryRun: removal.isDryRun)
        try await forEachPage(withObject: true) { rows in
            let outcomes = try await reporter.reportingAlive { try await removal.decide(rows) }
            for outcome in outcomes { result.count(outcome) }
            return !removal.hasReachedLimit
        }
        result.keep(removal.waiting)
        return result
    }
}
