internal import Foundation

/// What became of a file.
struct UploadOutcome: Encodable, Sendable {
    /// Its name in the cache; where an environment suffix or a placeholder made another one of what was asked for, that one.
    var filename: String
    /// Where it came from.
    var path: String
    /// `uploaded`, `skipped` (it was there already), `kept_locally`, `failed` or `cancelled`.
    var state: String
    /// Bytes.
    var size: Int64
    /// Its unsigned URL, where it has one.
    var url: String?
    /// One sentence.
    var error: String?

    /// A file that could not be asked for.
    init(_ file: NamedFile, refusal: String) {
        (filename, path, size) = (file.filename, file.path, file.size)
        state = "failed"
        error = refusal
    }

    /// The end of a job.
    init(_ file: NamedFile, state jobState: String, result: String?, error: String?) {
        (filename, path, size) = (file.filename, file.path, file.size)
        self.error = error
        let result = result.flatMap { try? JSONDecoder().decode(Result.self, from: Data($0.utf8)) }
        switch jobState {
        case "done":
            state = result?.skipped == true ? "skipped" : result?.location == "local" ? "kept_locally" : "uploaded"
            filename = result?.filename ?? filename
            url = result?.url
        default: state = jobState
        }
    }

    var isFailure: Bool { state == "failed" || state == "cancelled" }

    private struct Result: Decodable {
        var filename: String?
        var url: String?
        var location: String?
        var skipped: Bool?
    }
}
