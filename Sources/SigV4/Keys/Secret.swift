/// A text that no description, dump or error shows.
///
/// Two secrets are told apart by the SHA-256 of their UTF-8.
struct Secret: Sendable {
    let text: String
    let fingerprint: SHA256.Digest

    /// Throws `hashUnavailable`.
    init(_ text: String) throws(SigningError) {
        self.text = text
        fingerprint = try SHA256.hash(text)
    }
}

extension Secret: Hashable {
    static func == (left: Secret, right: Secret) -> Bool { left.fingerprint == right.fingerprint }

    func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "hidden" }
    var debugDescription: String { "hidden" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
