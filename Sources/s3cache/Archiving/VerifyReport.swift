internal import ArgumentParser
internal import Core
internal import Synchronization

/// Prints how the verification of a binding goes: what is wrong with rows, and the sums.
final class VerifyReport: Sendable {
    private let isJSON: Bool
    private let bar = Mutex(ProgressBar(unit: "rows"))

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Shows what is wrong with rows.
    func show(_ observation: Observation) {
        guard case .rowsVerified(_, let problems, let progress) = observation else { return }
        bar.withLock { bar in
            if !isJSON, !problems.isEmpty {
                bar.clear()
                for problem in problems { Output.line(Self.line(problem)) }
            }
            bar.show(
                ProgressBar.Amount(files: progress.done, ofFiles: progress.total, bytes: 0, ofBytes: 0))
        }
    }

    /// Prints the sums. Throws `CommandFailure` for a verification that did not come to its end, and `ExitCode(1)` where objects are
    /// missing or nobody knows.
    func finish(_ job: JobRow) throws {
        bar.withLock { $0.clear() }
        guard job.state == "done" else {
            throw CommandFailure(message: "Job \(job.id) \(job.state)\(job.error.map { ": \($0)" } ?? ".")")
        }
        func count(_ name: String) -> Int64 { Int64(job.result?[name] ?? 0) }
        func show(_ title: String, _ sums: [(String, String)]) {
            Output.line(title)
            for (name, key) in sums { Output.line(ArchiveStatistics.line(name, Output.count(count(key)))) }
        }
        if !isJSON {
            show(
                "S3 Verification:",
                [("Checked", "checked"), ("Exists", "present"), ("Missing", "missing"), ("Errors", "errors")])
            if job.result?["local_checked"] != nil {
                show(
                    "Local Files:",
                    [("Checked", "local_checked"), ("Exists", "local_present"), ("Missing", "local_missing")])
            }
        }
        if count("missing") + count("errors") > 0 { throw ExitCode(1) }
    }

    private static func line(_ problem: BindingProblem) -> String {
        let row = ObjectKey(problem.row).shown
        let place = problem.place.map { ObjectKey($0).shown }
        return switch problem.kind {
        case .objectMissing: "  ✗ \(row): missing: \(place ?? "")"
        case .objectUnknown: "  ! \(row): error: \(place ?? ""): \(problem.message)"
        case .fileMissing: "  - \(row): no local file\(place.map { ": \($0)" } ?? "")"
        case .objectDifferent, .fileStays: "  ! \(row): error: \(place ?? ""): \(problem.message)"
        }
    }
}

extension ObjectKey {
    /// As it is, where it cannot garble a terminal; else quoted.
    var shown: String { quoted == "\"\(string)\"" ? string : quoted }
}
