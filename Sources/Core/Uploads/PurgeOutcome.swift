/// How making a CDN forget an object ended. It changes nothing about the object.
public enum PurgeOutcome: String, Hashable, Sendable {
    /// The CDN was told.
    case done
    /// Nobody knows whether the CDN was told.
    case failed
}
