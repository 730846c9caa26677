internal import ArgumentParser

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything that s3cache needs, and say how to fix what fails.",
        discussion: """
            Checks the environment, the database, the workers, and each cache's bucket: it is listed, and a small object is \
            written, read back and deleted. No object stays behind. Exits with 1 if a check fails.
            """)

    @Option(help: "Check only this cache's bucket.")
    var cache: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let examination = Examination(cache: cache, isSilent: output.json)
        // The probe of a bucket is taken away before this command leaves.
        let checks = try await Interruptible.run { try await examination.run() }
        let failed = checks.count { $0.status == .fail }
        if output.json {
            try Output.json(Report(ok: failed == 0, checks: checks))
        } else {
            Output.line(failed == 0 ? "Everything works." : "\(failed) of \(checks.count) checks failed.")
        }
        if failed > 0 { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        var ok: Bool
        var checks: [CheckResult]
    }
}
