/// Why a test could not go on, in one sentence.
public struct TestFailure: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// A failure with its explanation.
    public init(_ description: String) {
        self.description = description
    }
}
