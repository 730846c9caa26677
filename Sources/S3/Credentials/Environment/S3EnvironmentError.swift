/// A variable of the environment has a value that cannot be meant.
///
/// `description` names the variable and what it takes; it never shows the value.
public struct S3EnvironmentError: Error, Hashable, Sendable {
    /// The variable: `DRY_RUN`.
    public var variable: String
    /// One sentence: what it takes.
    public var message: String

    /// An error about one variable.
    public init(variable: String, _ message: String) {
        self.variable = variable
        self.message = message
    }
}

extension S3EnvironmentError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
