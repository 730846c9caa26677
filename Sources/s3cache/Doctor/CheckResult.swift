/// What one check of `s3cache doctor` found.
struct CheckResult: Encodable, Sendable {
    enum Status: String, Encodable, Sendable {
        case pass, warn, fail, skip
    }

    /// What was checked: `database`, `bucket s3_image_cache: write`, ….
    var check: String
    var status: Status
    /// What was found, in one sentence; of a failure with its fix. Never a secret.
    var detail: String

    /// As a line for people.
    var line: String { "\(status == .fail ? "FAIL" : status.rawValue)  \(check)\(detail.isEmpty ? "" : ": \(detail)")" }
}
