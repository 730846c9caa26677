/// A stretch of the keys of one prefix: behind `after` and through `upto`, in byte order.
public struct KeyInterval: Hashable, Sendable {
    /// The stretch begins behind this key, whether or not it exists; nil: with the first key of the prefix.
    public var after: ObjectKey?
    /// The last key that belongs to it, whether or not it exists; nil: it reaches to the end of the prefix.
    public var upto: ObjectKey?

    /// A stretch; the whole prefix unless told otherwise.
    public init(after: ObjectKey? = nil, upto: ObjectKey? = nil) {
        self.after = after
        self.upto = upto
    }

    /// No key can belong to it.
    public var isEmpty: Bool {
        guard let after, let upto else { return false }
        return upto <= after
    }

    /// Whether it begins before another does.
    public func begins(before other: KeyInterval) -> Bool {
        guard let right = other.after else { return false }
        return after.map { $0 < right } ?? true
    }
}
