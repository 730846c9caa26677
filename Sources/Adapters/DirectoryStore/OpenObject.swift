internal import Core

/// A file that is an object, open for reading.
final class OpenObject: Sendable {
    let file: RegularFile
    let summary: ObjectSummary

    init(file: consuming RegularFile, summary: ObjectSummary) {
        self.file = file
        self.summary = summary
    }
}
