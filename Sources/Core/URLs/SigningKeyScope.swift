/// What a set of signing keys is for.
public struct SigningKeyScope: Hashable, Sendable {
    /// What is signed with them.
    public enum Purpose: String, Hashable, Sendable {
        /// URLs that read.
        case presign
        /// URLs and forms that write.
        case upload
    }

    /// The profile as caches choose it; nil for caches that choose none.
    public var profile: String?
    /// What is signed.
    public var purpose: Purpose
    /// The region that they are derived for.
    public var region: String

    /// All of it.
    public init(profile: String?, purpose: Purpose, region: String) {
        self.profile = profile
        self.purpose = purpose
        self.region = region
    }
}
