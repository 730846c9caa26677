/// What a merge into a bucket's configuration comes to.
public enum MergeOutcome: Hashable, Sendable {
    /// There is nothing to do: this rule, by its id where it has one, does it already.
    case present(id: String?)
    /// A rule was added.
    case added
    /// A rule of ours was brought up to date.
    case updated

    /// Whether the configuration has to be written.
    public var isChange: Bool { self == .added || self == .updated }
}
