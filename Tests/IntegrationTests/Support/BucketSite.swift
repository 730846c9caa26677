import BucketSupport
import Core
import Foundation
import TestSupport

/// A database and a bucket of RGW, reached through a proxy, worked on by the real program.
struct BucketSite: Sendable {
    let site: Site
    let bucket: TestBucket
    let proxy: FaultProxy
    /// For files of a test: profiles, what is read out of the bucket.
    let files: TemporaryDirectory

    /// A superuser's session.
    var session: CacheSession { site.session }

    /// Runs `body` with a site that is taken down afterwards; the proxy does what `faults` says.
    static func use<Result>(
        faults: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault = { _ in .none },
        _ body: (BucketSite) async throws -> Result
    ) async throws -> Result {
        try await Site.use { site in
            try await site.session.takeAnything()
            return try await TestBucket.use(on: .rgw) { bucket in
                try await body(
                    BucketSite(
                        site: site, bucket: bucket,
                        proxy: try FaultProxy(upstream: bucket.server.endpoint, choose: faults),
                        files: try TemporaryDirectory()))
            }
        }
    }

    /// What the program finds in its environment: the bucket through the proxy. Variables that are nil are taken out.
    func environment(_ variables: [String: String?] = [:]) -> [String: String] {
        var environment = site.environment.merging(bucket.environment) { _, new in new }
        environment["AWS_ENDPOINT_URL"] = proxy.origin
        for (name, value) in variables { environment[name] = value }
        return environment
    }

    /// Starts a worker.
    func startWorker(_ variables: [String: String?] = [:], options: [String] = []) throws -> ChildProcess {
        try S3CacheProgram.start(["worker"] + options, environment: environment(variables))
    }

    /// Starts the program.
    func start(_ arguments: String..., variables: [String: String?] = [:]) throws -> ChildProcess {
        try S3CacheProgram.start(arguments, environment: environment(variables))
    }

    /// Runs the program to its end.
    func run(
        _ arguments: String..., variables: [String: String?] = [:]
    ) async throws -> (exit: ProcessExit, output: String, errors: String) {
        let (exit, process) = try await S3CacheProgram.run(arguments, environment: environment(variables))
        return (exit, process.standardOutput, process.standardError)
    }

    /// The variables that make a program take its keys from the profile `default` of `path(of: "credentials")`.
    var profileVariables: [String: String?] {
        [
            "AWS_ACCESS_KEY_ID": nil, "AWS_SECRET_ACCESS_KEY": nil,
            "AWS_SHARED_CREDENTIALS_FILE": files.path(of: "credentials"),
        ]
    }

    /// Writes the profile `default`, in one step.
    func writeProfile(key: String, secret: String, token: String? = nil) throws {
        var text = "[default]\naws_access_key_id = \(key)\naws_secret_access_key = \(secret)\n"
        if let token { text += "aws_session_token = \(token)\n" }
        try Data(text.utf8).write(to: URL(fileURLWithPath: files.path(of: "credentials")), options: .atomic)
    }

    /// The keys of all objects.
    func keys() async throws -> [String] {
        try await bucket.store.list(ListingRequest()).objects.map(\.key.string)
    }

    /// Waits until the clock shows another second: kept failures and looks at files last no longer.
    static func nextSecond() async throws {
        let begun = time(nil)
        try await waitUntil("the next second") { time(nil) > begun }
    }
}
