/// What one check of an installation found.
public struct HealthFinding: Hashable, Sendable {
    /// How it came out.
    public enum Status: String, Hashable, Sendable {
        /// All is well.
        case pass
        /// It is worth knowing, and neither good nor bad by itself.
        case info
        /// It is worth looking at, and keeps nothing from working now.
        case warn
        /// Something does not work, or is dangerous.
        case fail
        /// It could not be looked at.
        case skip
    }

    /// What was checked.
    public var check: String
    /// How it came out.
    public var status: Status
    /// What was found, in one sentence; of what is wrong with its fix. Never a secret.
    public var detail: String

    /// A finding.
    public init(_ check: String, _ status: Status, _ detail: String) {
        self.check = check
        self.status = status
        self.detail = detail
    }
}
