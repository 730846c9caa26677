internal import ArgumentParser
internal import Core
internal import Synchronization

/// Prints how an archive goes: its batches, a line for each file, and the sums.
final class ArchiveReport: Sendable {
    private struct State {
        var bar = ProgressBar(unit: "rows")
        var bucket: String?
        /// What the command's environment says; for where nobody said which bucket.
        var store: String?
        var batches = 0
        var failed = 0
        var isHeaded = false
    }

    private let isJSON: Bool
    private let batchSize: Int
    private let isDryRun: Bool
    private let profile: String?
    private let state = Mutex(State())

    init(isJSON: Bool, batchSize: Int, isDryRun: Bool, profile: String?) {
        self.isJSON = isJSON
        self.batchSize = batchSize
        self.isDryRun = isDryRun
        self.profile = profile
    }

    /// The archive was asked for.
    func begin(bucket: String?) { state.withLock { $0.bucket = bucket } }

    /// Shows what becomes of rows.
    func show(_ observation: Observation) {
        switch observation {
        case .workerStarted(_, let store): state.withLock { $0.store = store }
        case .archiveAdvanced(_, let rows, let total):
            state.withLock { state in
                if !isJSON { head(&state, total: total) }
                state.bar.show(ProgressBar.Amount(files: rows, ofFiles: total, failed: state.failed))
            }
        case .rowsArchived(_, let outcomes, let total): show(outcomes, of: total)
        default: break
        }
    }

    private func show(_ outcomes: [ArchiveOutcome], of total: Int) {
        state.withLock { state in
            state.batches += 1
            if !isJSON {
                let batches = (total + batchSize - 1) / batchSize
                Output.line(
                    "Batch \(Output.count(state.batches))/\(Output.count(max(batches, state.batches))) "
                        + "(\(Output.count(outcomes.count)) files)")
            }
            for outcome in outcomes {
                if case .failed = outcome { state.failed += 1 }
                if !isJSON { Self.line(outcome) }
            }
        }
    }

    /// Prints the sums. Throws `CommandFailure` for an archive that did not come to its end, and `ExitCode(1)` where files failed.
    func finish(_ job: JobRow, _ output: OutputOptions) throws {
        state.withLock { state in
            state.bar.clear()
            if !isJSON { head(&state, total: Int(job.result?["total"] ?? 0)) }
        }
        if output.json { try Output.json(job) }
        guard job.state == "done" else {
            throw CommandFailure(message: "Job \(job.id) \(job.state)\(job.error.map { ": \($0)" } ?? ".")")
        }
        func count(_ name: String) -> String { Output.count(Int64(job.result?[name] ?? 0)) }
        if !output.json {
            let sums = [
                ("Total", "total"), ("Found", "found"), ("Missing", "missing"), ("Attempted", "attempted"),
                ("Successful", "successful"), ("Failed", "failed"), ("Rows updated", "rows_updated"),
            ]
            Output.line(isDryRun ? "Summary (dry run: nothing was uploaded or written)" : "Summary")
            for (title, name) in sums {
                let label = "  \(title):"
                Output.line(label + String(repeating: " ", count: 17 - label.count) + count(name))
            }
        }
        if (job.result?["failed"] ?? 0) > 0 { throw ExitCode(1) }
    }

    private func head(_ state: inout State, total: Int) {
        guard !state.isHeaded else { return }
        state.isHeaded = true
        Output.line("Bucket:  \(state.bucket ?? state.store ?? "none")")
        Output.line("Profile: \(profile ?? "none")")
        Output.line("Files:   \(Output.count(total))")
    }

    private static func line(_ outcome: ArchiveOutcome) {
        switch outcome {
        case .stored(let file): Output.line("  ✓ \(file.row): \(file.path) → \(file.object.summary.key.string)")
        case .previewed(let preview):
            Output.line("  \(preview.row): \(preview.path) → \(preview.url ?? preview.filename)")
        case .missing(let problem): Output.error("  ! \(problem.row): \(problem.message)")
        case .failed(let problem): Output.error("  ✗ \(problem.row): \(problem.message)")
        }
    }
}
