/// Whether a bucket keeps replaced and deleted objects.
public enum S3Versioning: String, Hashable, Sendable {
    /// It never did.
    case never = ""
    /// It does.
    case enabled = "Enabled"
    /// It did, and keeps what it kept then.
    case suspended = "Suspended"
}
