internal import Core

/// What one check of `s3cache doctor` found.
struct CheckResult: Encodable, Sendable {
    enum Status: String, Encodable, Sendable {
        case pass, info, warn, fail, skip
    }

    /// What was checked: `database`, `bucket s3_image_cache: write`, ….
    var check: String
    var status: Status
    /// What was found, in one sentence; of a failure with its fix. Never a secret.
    var detail: String

    /// What was found.
    init(_ finding: HealthFinding, of place: String? = nil) {
        check = (place.map { "\($0): " } ?? "") + finding.check
        detail = finding.detail
        switch finding.status {
        case .pass: status = .pass
        case .info: status = .info
        case .warn: status = .warn
        case .fail: status = .fail
        case .skip: status = .skip
        }
    }

    /// A check, and what it found.
    init(check: String, status: Status, detail: String) {
        self.check = check
        self.status = status
        self.detail = detail
    }

    /// As a line for people.
    var line: String { "\(status == .fail ? "FAIL" : status.rawValue)  \(check)\(detail.isEmpty ? "" : ": \(detail)")" }
}
