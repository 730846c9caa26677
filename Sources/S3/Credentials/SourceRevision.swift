/// A fingerprint of the files that credentials were read from.
struct SourceRevision: Hashable, Sendable {
    /// Nil for a file that is not there.
    let stamps: [FileStamp?]

    /// No files: it never changes.
    static let constant = SourceRevision(stamps: [])
}
