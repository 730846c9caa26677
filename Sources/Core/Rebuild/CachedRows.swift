/// The rows of several parts of a cache, as many as were asked for.
public struct CachedRows: Sendable {
    /// The rows of the first parts, one array each, by filename in byte order.
    public var parts: [[CachedRow]]
    /// All rows of all parts are there. Otherwise the last of `parts` may lack rows behind its last one.
    public var isComplete: Bool

    /// Rows of parts.
    public init(parts: [[CachedRow]], isComplete: Bool) {
        self.parts = parts
        self.isComplete = isComplete
    }
}
