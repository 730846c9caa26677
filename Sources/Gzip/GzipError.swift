/// Why data cannot be decompressed. None of these conditions goes away by itself.
public struct GzipError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable {
        /// It is not gzip data, or was changed: a header, a code or a checksum is wrong.
        case corrupt
        /// It ends before its end, or is empty.
        case truncated
        /// It decompresses to more than the caller allows.
        case tooLarge = "too_large"
        /// There is no memory for the decompressor.
        case noMemory = "no_memory"
    }

    /// What is wrong.
    public var code: Code
    /// One sentence: what is wrong. It shows none of the data.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension GzipError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
