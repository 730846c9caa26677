/// What a read of a body gave.
public enum HTTPBodyRead: Sendable, Equatable {
    /// So many bytes were written, at least one.
    case bytes(Int)
    /// There will be more, but not now.
    case notYet
    /// There are no more.
    case end
}
