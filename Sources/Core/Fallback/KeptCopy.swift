/// A copy of contents that their store has not taken yet.
public struct KeptCopy: Hashable, Sendable {
    /// What the place where it is kept says of it; its key is the path there.
    public var summary: ObjectSummary
    /// Where it is read.
    public var url: String

    /// A copy.
    public init(summary: ObjectSummary, url: String) {
        self.summary = summary
        self.url = url
    }
}
