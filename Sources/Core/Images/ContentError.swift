/// Why content is refused. Nothing of it may reach a bucket.
public struct ContentError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// There are no bytes.
        case empty = "content_empty"
        /// It has more bytes than the cache takes.
        case tooLarge = "too_large"
        /// A decoder would need room for more pixels than the cache takes.
        case tooManyPixels = "too_many_pixels"
        /// The bytes are of no type that is known here.
        case typeUnknown = "content_type_unknown"
        /// The cache does not take what the bytes are.
        case typeNotAllowed = "content_type_not_allowed"
        /// The declared media type is none.
        case typeMalformed = "content_type_malformed"
        /// The declared media type is another one than that of the bytes.
        case typeMismatch = "content_type_mismatch"
        /// The key's extension is of another type than the bytes.
        case extensionMismatch = "content_extension_mismatch"
        /// The bytes end before what their header promises.
        case truncated = "content_truncated"
        /// The bytes begin like their type and break its rules.
        case malformed = "content_malformed"
        /// The bytes are of a form of their type that is not inspected here.
        case unsupported = "content_unsupported"
        /// A vector image could run something or load something.
        case active = "content_active"
        /// An image holds an archive, a document or a script as well.
        case hidden = "content_hidden"
        /// The key's folder is not for content of this type.
        case misplaced = "content_misplaced"
    }

    /// What is wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it. It shows nothing of the bytes.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension ContentError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension JobFailure {
    /// Content that was refused: another attempt would be refused as well.
    public init(_ error: ContentError) {
        self.init(code: error.code.rawValue, message: error.message, isRetryable: false)
    }
}
