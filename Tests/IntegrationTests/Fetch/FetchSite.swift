import Adapters
import Core
import TestSupport

/// A database, a directory of objects and a worker that may fetch from one host on 127.0.0.1.
struct FetchSite: Sendable {
    let site: Site
    let host: FetchedHost

    /// A superuser's session.
    var session: CacheSession { site.session }

    /// Runs `body` with a site that is taken down afterwards. No worker runs yet.
    static func use(
        _ answer: @escaping @Sendable (_ target: String) -> FetchedHost.Answer,
        _ body: (FetchSite) async throws -> Void
    ) async throws {
        try await Site.use { site in try await body(FetchSite(site: site, host: try FetchedHost(answer))) }
    }

    /// What the program finds in its environment. Without `isAllowed` the host is on a network like any other of this machine.
    func environment(isAllowed: Bool = true) -> [String: String] {
        var environment = site.environment
        environment["S3CACHE_FETCH_HTTP"] = "on"
        environment["S3CACHE_FETCH_PORTS"] = "80, 443, \(host.port)"
        if isAllowed { environment["S3CACHE_FETCH_NETWORKS"] = "127.0.0.1/32" }
        return environment
    }

    /// Starts a worker, with more in its environment.
    func startWorker(
        isAllowed: Bool = true, _ options: String..., environment: [String: String] = [:]
    ) throws -> ChildProcess {
        try S3CacheProgram.start(
            ["worker"] + options,
            environment: self.environment(isAllowed: isAllowed).merging(environment) { _, own in own })
    }

    /// Asks for a URL of the host; gives the job.
    func fetch(_ target: String, filename: String? = nil, idempotencyKey: String? = nil) async throws -> Int64 {
        try await fetch(url: host.origin + target, filename: filename, idempotencyKey: idempotencyKey)
    }

    /// Asks for any URL; gives the job.
    func fetch(url: String, filename: String? = nil, idempotencyKey: String? = nil) async throws -> Int64 {
        try await session.connection.query(
            "select s3cache.fetch($1, filename => $2, idempotency_key => $3)",
            [.string(url), .string(orNull: filename), .string(orNull: idempotencyKey)]
        ).only[0]
    }

    /// A member of a job's result, as text.
    func result(_ member: String, of job: Int64) async throws -> String? {
        try await session.text("select result ->> $1 from s3cache.jobs where id = $2::text::bigint", member, "\(job)")
    }

    /// Every key in the directory.
    func keys() async throws -> [String] { try await site.store().everything().map(\.key.string) }
}
