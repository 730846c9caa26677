/// Why there are no credentials to sign with.
///
/// `description` is one sentence that says what to do; it never shows a secret, nor what a file, process or service printed.
public struct CredentialsError: Error, Hashable, Sendable {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable {
        /// No source has any.
        case missing
        /// A source has only a part of them, such as a key id without a secret, or something that cannot be credentials.
        case incomplete
        /// The named profile is in no file.
        case noSuchProfile
        /// They have ended, and their source has no newer ones.
        case expired
        /// The source refused: the role may not be assumed, the token is not accepted.
        case refused
        /// The source could not be asked, or answered nonsense: worth another try.
        case sourceFailed
    }

    /// What went wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it.
    public var message: String

    /// An error of a source.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether asking again later may help without anyone changing anything.
    public var isRetryable: Bool { code == .sourceFailed }
}

extension CredentialsError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
