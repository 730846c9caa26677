/// The lifecycle of a bucket's objects.
public struct S3Lifecycle: Hashable, Sendable {
    /// The elements `Rule`, whole.
    public var rules: [S3Element]
    /// From which size on objects change their storage class, as Amazon S3 calls it: kept, because writing rules without it
    /// resets it.
    public var minimumTransitionSize: String?

    /// Rules, with the server's own minimum.
    public init(rules: [S3Element] = [], minimumTransitionSize: String? = nil) {
        self.rules = rules
        self.minimumTransitionSize = minimumTransitionSize
    }
}
