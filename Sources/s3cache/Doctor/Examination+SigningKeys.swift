internal import Core
internal import Postgres

extension Examination {
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
