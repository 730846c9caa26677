/// Whether a bucket keeps replaced and deleted objects.
public enum BucketVersioning: String, Hashable, Sendable {
    /// It never did.
    case never
    /// It does.
    case enabled
    /// It did, and keeps what it kept then.
    case suspended
}
