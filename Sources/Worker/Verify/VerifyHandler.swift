package import Core

/// Asks the bucket for single rows' objects and records what it says.
///
/// A row whose HEAD fails otherwise than with "no such key" stays as it was and is counted in `errors`; where a whole
/// batch fails so, the attempt fails with the first reason, and the rows are asked for again later.
package struct VerifyHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for verify jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let (configuration, store) = try await environment.open(job)
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        var result = VerifyResult()
        var last: ObjectKey?

        while true {
            try Task.checkCancellation()
            let wanted = min(environment.settings.verifyBatch, job.arguments.limit.map { $0 - result.checked } ?? .max)
            if wanted <= 0 { break }
            let fence = try await environment.caches.fence()
            let filenames = try await environment.caches.rowsToVerify(for: job, after: last, limit: wanted)
            guard let end = filenames.last else { break }
            let answers = try await ask(store, for: filenames, prefix: configuration.prefix, job)
            var pause = YieldPause()
            while try await !environment.caches.record(answers, fence: fence, for: job) {
                try await pause.wait()
                // It waits for a user, and does not stand still.
                try await progress.report(done: result.checked, total: job.arguments.limit)
            }
            result.checked += filenames.count
            result.present += answers.count { $0.object != nil }
            result.missing += answers.count { $0.object == nil }
            result.errors += filenames.count - answers.count
            last = end
            try await progress.report(done: result.checked, total: job.arguments.limit)
        }
        guard try await environment.jobs.complete(job, result: result) else { throw ClaimLost(jobID: job.id) }
    }

    /// What the store said; rows whose HEAD failed are left out.
    private func ask(
        _ store: any ObjectStore, for filenames: [ObjectKey], prefix: String, _ job: Job
    ) async throws -> [VerifiedRow] {
        var answers: [VerifiedRow] = []
        var firstError: StoreError?
        try await withThrowingTaskGroup(of: Result<VerifiedRow, StoreError>.self) { group in
            var remaining = filenames[...]
            func startNext() {
                guard let filename = remaining.popFirst() else { return }
                group.addTask {
                    do throws(StoreError) {
                        return .success(try await head(store, filename, prefix: prefix))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<environment.settings.verifyConcurrency { startNext() }
            while let answer = try await group.next() {
                switch answer {
                case .success(let row):
                    answers.append(row)
                case .failure(let error):
                    if error.concernsWholeBucket { throw error }
                    firstError = firstError ?? error
                    environment.observe(.verificationFailed(job, error))
                }
                startNext()
            }
        }
        try Task.checkCancellation()
        if answers.isEmpty, let firstError { throw firstError }
        return answers
    }
}

private func head(_ store: any ObjectStore, _ filename: ObjectKey, prefix: String) async throws(StoreError)
    -> VerifiedRow
{
    let key = ObjectKey(prefix + filename.string)
    do {
        return VerifiedRow(filename: filename, object: try await store.head(key))
    } catch let error as StoreError where error.code == .invalidKey {
        // What no store can hold is not there.
        return VerifiedRow(filename: filename, object: nil)
    } catch let error as StoreError {
        throw error
    } catch {
        throw StoreError(.inputOutput, "\(error)", operation: "HeadObject", bucket: store.bucket, key: key)
    }
}
