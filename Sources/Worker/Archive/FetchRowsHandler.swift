package import Core

/// Enqueues a fetch for each bound row that has no URL yet and a source for one.
///
/// What an attempt before has enqueued is on its way, and is not enqueued again.
package struct FetchRowsHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for jobs that fetch the files of new rows.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let reporter = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        var result = FetchRowsResult()
        var last: String?
        while true {
            try Task.checkCancellation()
            guard
                let page = try await environment.archives.fetchRows(
                    for: job, after: last, limit: environment.settings.fetchPage)
            else { break }
            for problem in page.result.problems { environment.observe(.rowNotArchived(job, problem)) }
            result.add(page.result)
            last = page.last
            try await reporter.report(done: result.rows, total: nil)
        }
        guard try await environment.jobs.complete(job, result: result) else { throw ClaimLost(jobID: job.id) }
    }
}
