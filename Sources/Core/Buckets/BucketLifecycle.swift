/// The rules by which a bucket's objects change and go.
public struct BucketLifecycle: Hashable, Sendable {
    /// The elements `Rule`, whole.
    public var rules: [ConfigurationElement]
    /// What the server says besides, and wants to have back.
    public var minimumTransitionSize: String?

    /// Rules.
    public init(rules: [ConfigurationElement] = [], minimumTransitionSize: String? = nil) {
        self.rules = rules
        self.minimumTransitionSize = minimumTransitionSize
    }
}
