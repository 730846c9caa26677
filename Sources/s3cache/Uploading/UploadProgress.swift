/// How far an upload of many files is.
struct UploadProgress: Sendable {
    /// How many there are.
    let files: Int
    /// Bytes, of all of them.
    let bytes: Int64
    /// How many have ended.
    private(set) var endedFiles = 0
    /// How many of these have failed.
    private(set) var failedFiles = 0
    /// What has ended since the last report.
    var news: [UploadOutcome] = []
    /// Bytes of files that are on their way.
    var partialBytes: Int64 = 0
    private var endedBytes: Int64 = 0

    /// Bytes done.
    var doneBytes: Int64 { min(endedBytes + partialBytes, bytes) }

    /// None has ended yet.
    init(files: Int, bytes: Int64) {
        self.files = files
        self.bytes = bytes
    }

    /// A file has ended.
    mutating func count(_ outcome: UploadOutcome) {
        endedFiles += 1
        if outcome.isFailure { failedFiles += 1 }
        endedBytes += outcome.size
        news.append(outcome)
    }
}
