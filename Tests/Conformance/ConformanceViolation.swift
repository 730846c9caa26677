/// A rule of a port's contract that an implementation broke.
public struct ConformanceViolation: Error, CustomStringConvertible {
    /// What was expected and what came instead.
    public let description: String

    init(_ description: String) { self.description = description }
}
