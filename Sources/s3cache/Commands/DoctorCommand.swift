internal import ArgumentParser
internal import Core
internal import Foundation
internal import S3

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything that s3cache needs, and say how to fix what fails.",
        discussion: """
            Checks the environment, the database, the workers, the queue, and each cache's bucket: it is listed, and a small \
            object is written, read back, asked for by its URL, and deleted. No object stays behind. Exits with 1 if a check \
            fails. With --iam it checks nothing, and prints the least that a feature needs. Examples:
              s3cache doctor --json
              s3cache doctor --iam upload --bucket my-images --prefix cache/
            """)

    @Option(help: "Check only this cache's bucket.")
    var cache: String?
    @Option(
        help: "Print an IAM policy for a feature: \(IAMFeature.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(IAMFeature.allCases.map(\.rawValue)))
    var iam: String?
    @Option(help: "With --iam: the bucket; by default the environment's.")
    var bucket: String?
    @Option(help: "With --iam: the beginning of the keys that it is for.")
    var prefix = ""
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let iam else {
            guard bucket == nil, prefix.isEmpty else { throw ValidationError("--bucket and --prefix are for --iam.") }
            return
        }
        guard IAMFeature(rawValue: iam) != nil else {
            throw ValidationError(
                "--iam takes one of \(IAMFeature.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard cache == nil else { throw ValidationError("--cache is for checks, --iam for policies.") }
    }

    func run() async throws {
        if let feature = iam.flatMap(IAMFeature.init(rawValue:)) {
            try printPolicy(feature)
            return
        }
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

    private func printPolicy(_ feature: IAMFeature) throws {
        let own = try? S3Environment(ProcessInfo.processInfo.environment).bucket
        guard let bucket = bucket ?? own else {
            throw CommandFailure(
                message: "The policy is for a bucket: name it with --bucket, or in S3_BUCKET.", exitCode: 2)
        }
        try Output.json(feature.policy(bucket: bucket, prefix: prefix))
    }

    private struct Report: Encodable {
        var ok: Bool
        var checks: [CheckResult]
    }
}
