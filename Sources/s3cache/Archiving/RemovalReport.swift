internal import ArgumentParser
internal import Core
internal import Synchronization

/// Prints which local files go and which stay, and the sums.
final class RemovalReport: Sendable {
    private struct State {
        var bar = ProgressBar(unit: "rows")
        var removed = 0
        var bytes: Int64 = 0
    }

    private let isJSON: Bool
    private let state = Mutex(State())

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Shows what becomes of files, each when it has.
    func show(_ observation: Observation) {
        switch observation {
        case .removalAdvanced(_, let rows, let total):
            state.withLock { $0.bar.show(ProgressBar.Amount(files: rows, ofFiles: total)) }
        case .localFileDecided(_, let row, let outcome):
            state.withLock { state in
                if case .removed(_, let bytes) = outcome {
                    state.removed += 1
                    state.bytes += bytes
                }
                if !isJSON { Self.line(row, outcome) }
            }
        default: break
        }
    }

    /// The command was interrupted.
    func interrupted() {
        state.withLock { state in
            state.bar.clear()
            Output.error("Interrupted after \(Output.count(state.removed)) files (\(ProgressBar.bytes(state.bytes)))")
        }
    }

    /// Prints the sums. Throws `CommandFailure` for a job that did not come to its end, and `ExitCode(1)` where files differ from their
    /// objects, or nobody knows.
    func finish(_ job: JobRow, _ output: OutputOptions) throws {
        state.withLock { $0.bar.clear() }
        if output.json { try Output.json(job) }
        guard job.state == "done" else {
            throw CommandFailure(message: "Job \(job.id) \(job.state)\(job.error.map { ": \($0)" } ?? ".")")
        }
        func count(_ name: String) -> Int64 { Int64(job.result?[name] ?? 0) }
        if !output.json {
            let isDryRun = job.result?.isTrue("dry_run") ?? false
            Output.line(isDryRun ? "Summary (dry run: nothing was removed)" : "Summary")
            let sums = [
                ("Checked", "checked"), ("Removed", "removed"), ("Shared", "shared"), ("Kept", "kept"),
                ("Missing", "missing"), ("Different", "different"), ("Errors", "errors"), ("No file", "absent"),
            ]
            for (title, name) in sums { Output.line(ArchiveStatistics.line(title, Output.count(count(name)))) }
            Output.line(ArchiveStatistics.line("Bytes freed", Output.count(count("bytes_freed"))))
        }
        if count("missing") + count("different") + count("errors") > 0 { throw ExitCode(1) }
    }

    private static func line(_ row: BoundRow, _ outcome: RemovalOutcome) {
        let id = ObjectKey(row.id).shown
        switch outcome {
        case .removed(let path, let bytes):
            Output.line("  ✓ \(id): \(ObjectKey(path).shown) (\(ProgressBar.bytes(bytes)))")
        case .kept(let path): Output.line("  - \(id): \(ObjectKey(path).shown) stays: another row needs it")
        case .failed(let problem):
            let place = problem.place.map { ObjectKey($0).shown } ?? ""
            switch problem.kind {
            case .objectMissing: Output.error("  ✗ \(id): missing: \(place)")
            case .objectDifferent: Output.error("  ✗ \(id): different: \(problem.message)")
            case .objectUnknown, .fileMissing, .fileStays:
                Output.error("  ! \(id): error: \(place): \(problem.message)")
            }
        case .absent, .waiting: break
        }
    }
}
