internal import ArgumentParser
internal import Synchronization

/// Prints what becomes of a command's files: a line each on stdout, how far it is on stderr; or one JSON document.
final class UploadReport: Sendable {
    private let isJSON: Bool
    private let bar = Mutex(ProgressBar())

    init(_ output: OutputOptions) { isJSON = output.json }

    /// Uploads the files and prints; throws `ExitCode` 1 where one has failed, after all the others.
    static func run(_ run: UploadRun, _ output: OutputOptions) async throws {
        let report = UploadReport(output)
        let outcomes: [UploadOutcome]
        do {
            outcomes = try await run.run { report.show($0) }
        } catch {
            report.bar.withLock { $0.clear() }
            throw error
        }
        try report.finish(outcomes)
    }

    private func show(_ progress: UploadProgress) {
        bar.withLock { bar in
            if !isJSON { for outcome in progress.news { Self.line(outcome) } }
            bar.show(
                ProgressBar.Amount(
                    files: progress.endedFiles, ofFiles: progress.files, bytes: progress.doneBytes,
                    ofBytes: progress.bytes, failed: progress.failedFiles))
        }
    }

    private static func line(_ outcome: UploadOutcome) {
        switch outcome.state {
        case "uploaded": Output.line("\(outcome.filename)  \(ProgressBar.bytes(outcome.size))")
        case "skipped": Output.line("\(outcome.filename)  was there already")
        case "kept_locally": Output.line("\(outcome.filename)  kept locally until the bucket answers")
        default: Output.error("\(outcome.path): \(outcome.error ?? outcome.state)")
        }
    }

    private func finish(_ outcomes: [UploadOutcome]) throws {
        bar.withLock { $0.clear() }
        let failed = outcomes.count { $0.isFailure }
        let skipped = outcomes.count { $0.state == "skipped" }
        if isJSON {
            try Output.json(
                Summary(uploaded: outcomes.count - failed - skipped, skipped: skipped, failed: failed, files: outcomes))
        } else {
            var text =
                "Uploaded \(Output.count(outcomes.count - failed - skipped)) of \(Output.count(outcomes.count)) files"
            if skipped > 0 { text += ", \(Output.count(skipped)) were there already" }
            if failed > 0 { text += ", \(Output.count(failed)) failed" }
            Output.line(text)
        }
        if failed > 0 { throw ExitCode(1) }
    }

    private struct Summary: Encodable {
        var uploaded: Int
        var skipped: Int
        var failed: Int
        var files: [UploadOutcome]
    }
}
