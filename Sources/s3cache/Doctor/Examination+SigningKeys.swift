internal import Core
internal import Postgres

extension Examination {
    /// Longer than a worker takes to see that a setting changed, and to publish.
    private static let patience: Duration = .seconds(30)

    /// Which keys the caches of some profiles need. Where a worker runs it gets the time to publish them.
    static func demands(
        of profiles: Set<String?>, in urls: any URLStore, patiently: Bool
    ) async throws -> [SigningKeyDemand] {
        let deadline = ContinuousClock.now + patience
        while true {
            let demands = try await urls.wantedSigningKeys().filter { profiles.contains($0.scope.profile) }
            guard patiently, !demands.allSatisfy(\.reachesTomorrow), ContinuousClock.now < deadline else {
                return demands
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// What is to be said about the signing keys of one scope. Without a worker nobody publishes any: that is a warning, as it
    /// is that none runs.
    static func describe(_ demand: SigningKeyDemand, hasWorker: Bool) -> CheckResult {
        let scope = demand.scope
        let whose = scope.profile.map { "profile \(ObjectKey($0).quoted)" } ?? "the worker's own profile"
        let check = "signing keys (\(scope.purpose.rawValue)) for \(scope.region), \(whose)"
        guard let published = demand.published else {
            return CheckResult(
                check: check, status: hasWorker ? .fail : .warn,
                detail: hasWorker
                    ? "None is published, so nothing can be signed; the worker's log says why."
                    : "None is published, so nothing can be signed; start a worker with: s3cache worker")
        }
        guard demand.reachesTomorrow else {
            return CheckResult(
                check: check, status: hasWorker ? .fail : .warn,
                detail: "They end before tomorrow does, and with them the URLs; "
                    + (hasWorker
                        ? "the worker's log says why it publishes no others."
                        : "start a worker with: s3cache worker"))
        }
        let ahead = (published.days.max() ?? 0) - (demand.days.upperBound - 2)
        let end = published.expiresAt == nil ? "" : "; the credential is temporary and will be renewed"
        return CheckResult(check: check, status: .pass, detail: "Published \(ahead) days ahead\(end).")
    }
}
