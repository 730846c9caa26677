internal import Adapters
internal import ArgumentParser
internal import Core
internal import Foundation
internal import S3
internal import Worker

struct SetupBucketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-bucket", abstract: "Create a bucket, or check one, and give it the rules that it needs.",
        discussion: """
            Harmless to run again. Rules, statements and origins that others wrote stay as they are. The last step writes a \
            small object, reads it back and deletes it. Exits with 1 if a step fails; with --check-only nothing is changed, and \
            it exits with 1 if the bucket does not exist or may not be looked at. Needs no database. Examples:
              s3cache setup-bucket --bucket my-images --region eu-central-1
              s3cache setup-bucket --archive-after 30 --prefix generated/ --enable-versioning
              s3cache setup-bucket --cors-origin https://www.example.com --block-public-access
              s3cache setup-bucket --cdn-distribution arn:aws:cloudfront::123456789012:distribution/E1ABC
            """)

    @Option(help: "The bucket; by default the environment's.")
    var bucket: String?
    @Option(help: "The region to create it in; by default the environment's, or us-east-1.")
    var region: String?
    @Option(help: "The profile of the AWS configuration files to use.")
    var profile: String?
    @Flag(help: "Change nothing; tell what there is.")
    var checkOnly = false
    @Flag(help: "Keep replaced and deleted objects.")
    var enableVersioning = false
    @Option(help: "The beginning of the keys whose objects are archived.")
    var prefix = "cache/"
    @Option(help: "Days after which they move to --archive-class; 0: no rule is added.")
    var archiveAfter = 90
    @Option(help: "The storage class that they move to.")
    var archiveClass = "GLACIER"
    @Option(help: "Days after which uploads in parts that nobody ended are aborted; 0: no rule is added.")
    var abortAfter = 7
    @Option(help: "An origin whose pages may upload directly, such as https://www.example.com; may be repeated.")
    var corsOrigin: [String] = []
    @Option(help: "The ARN of the CloudFront distribution, or of the IAM user, that may read all objects.")
    var cdnDistribution: String?
    @Flag(help: "Keep ACLs and policies from opening the bucket to everyone.")
    var blockPublicAccess = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if bucket?.isEmpty == true { throw ValidationError("--bucket takes the name of a bucket.") }
        for (name, days) in [("--archive-after", archiveAfter), ("--abort-after", abortAfter)] {
            guard (0...36_500).contains(days) else {
                throw ValidationError("\(name) takes 0 to 36500 days.")
            }
        }
        guard !archiveClass.isEmpty, archiveClass.utf8.allSatisfy({ $0 == 0x5F || (0x30...0x5A).contains($0) }) else {
            throw ValidationError("--archive-class takes a storage class, such as GLACIER or DEEP_ARCHIVE.")
        }
        guard prefix.utf8.count <= 1_024, prefix.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw ValidationError("--prefix takes at most 1,024 bytes, and no control characters.") }
        for origin in corsOrigin where !Self.isOrigin(origin) {
            throw ValidationError(
                "--cors-origin takes a scheme and a host, such as https://www.example.com, without a path; not "
                    + "\(ObjectKey(origin).quoted).")
        }
        if let cdnDistribution, CDNIdentity(arn: cdnDistribution) == nil {
            throw ValidationError(
                "--cdn-distribution takes arn:aws:cloudfront::ACCOUNT:distribution/ID, or the ARN of an IAM user or role; "
                    + "not \(ObjectKey(cdnDistribution).quoted).")
        }
    }

    func run() async throws {
        let administration = try Self.administration(bucket, region, profile, checkOnly: checkOnly)
        var wishes = BucketWishes()
        wishes.checksOnly = checkOnly
        wishes.demandsRegion = region != nil
        if archiveAfter > 0 {
            wishes.lifecycle.append(.archive(prefix: prefix, days: archiveAfter, storageClass: archiveClass))
        }
        if abortAfter > 0 { wishes.lifecycle.append(.abortUploads(days: abortAfter)) }
        wishes.keepsVersions = enableVersioning
        wishes.origins = corsOrigin
        wishes.reader = cdnDistribution.flatMap { CDNIdentity(arn: $0) }
        wishes.blocksPublicAccess = blockPublicAccess
        let isSilent = output.json
        let setup = BucketSetup(administration, wishes, probeName: UUID().uuidString.lowercased()) { step in
            if !isSilent { Output.line(Self.line(step)) }
        }
        // The probe is taken away before this command leaves.
        let (exists, steps) = try await Interruptible.run { try await setup.run() }
        let isReady = exists && (checkOnly || !steps.contains { $0.status == .fail })
        if output.json {
            try Output.json(
                Report(
                    ok: isReady, exists: exists, bucket: administration.bucket, region: administration.region,
                    steps: steps.map { Report.Step(step: $0.name, status: $0.status.rawValue, detail: $0.detail) }))
        } else {
            Output.line(Self.conclusion(administration.bucket, exists: exists, isReady: isReady, checkOnly: checkOnly))
        }
        if !isReady { throw ExitCode(1) }
    }

    private static func administration(
        _ bucket: String?, _ region: String?, _ profile: String?, checkOnly: Bool
    ) throws -> any BucketAdministration {
        let environment: S3Environment
        do {
            environment = try S3Environment(ProcessInfo.processInfo.environment)
        } catch {
            throw CommandFailure(message: error.message + ".")
        }
        // Whoever sets it counts on nothing being written.
        guard checkOnly || !environment.isDryRun else {
            throw CommandFailure(message: "DRY_RUN is set, so nothing may be written: add --check-only, or unset it.")
        }
        return try S3StoreProvider(environment: environment)
            .administration(of: bucket, region: region, profile: profile)
    }

    private static func line(_ step: SetupStep) -> String {
        let status = step.status == .fail ? "FAIL" : step.status.rawValue
        return status.padding(toLength: 7, withPad: " ", startingAt: 0) + "  \(step.name): \(step.detail)"
    }

    private static func conclusion(_ bucket: String, exists: Bool, isReady: Bool, checkOnly: Bool) -> String {
        let name = ObjectKey(bucket).quoted
        if checkOnly { return exists ? "\(name) exists; nothing was changed." : "\(name) is not there to use." }
        return isReady ? "\(name) is ready." : "\(name) is not ready."
    }

    /// Scheme, host and port, `*` for all, or with one `*` in the host.
    private static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }),
            let scheme = ["http://", "https://"].first(where: { text.utf8.starts(with: $0.utf8) })
        else { return false }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty && !host.contains { "/?#@\"'<>\\".contains($0) } && host.count { $0 == "*" } <= 1
    }

    private struct Report: Encodable {
        struct Step: Encodable {
            var step: String
            var status: String
            var detail: String
        }

        var ok: Bool
        var exists: Bool
        var bucket: String
        var region: String
        var steps: [Step]
    }
}
