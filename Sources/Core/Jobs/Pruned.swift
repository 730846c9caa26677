/// What was forgotten in one step of many.
public struct Pruned: Hashable, Sendable {
    /// How many rows it were.
    public var count: Int
    /// Where to go on; nil if nothing is left.
    public var next: PruningPlace?

    /// So many.
    public init(count: Int, next: PruningPlace?) {
        self.count = count
        self.next = next
    }
}

/// How far the steps have come that forget what is old, so that none passes again what those before it have forgotten, which
/// a database may have to keep for long. Opaque.
public struct PruningPlace: Hashable, Sendable {
    /// As the store wrote it.
    public var rawValue: String
    /// A place that the store gave.
    public init(rawValue: String) { self.rawValue = rawValue }
}
