/// What is signed, for comparison with what a server says it expected (`SignatureDoesNotMatch`).
///
/// It is free of secrets and may be logged: session tokens and customer-provided keys are replaced by `hidden`, and there
/// is no signature in it.
public struct SigningTrace: Sendable {
    /// The canonical request, with secrets hidden.
    public let canonicalRequest: String
    /// The string to sign, exactly: the hash in it is that of the canonical request before anything was hidden.
    public let stringToSign: String

    // For tests.
    let exactCanonicalRequest: String
}

extension SigningTrace: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Both texts.
    public var description: String { "\(canonicalRequest)\n\n\(stringToSign)" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: both texts.
    public var customMirror: Mirror {
        Mirror(self, children: ["canonicalRequest": canonicalRequest, "stringToSign": stringToSign])
    }
}
