import Core

extension JobEnvironment {
    /// What a file's upload stores: the copy that is served while the store is away, whatever has become of the file since; else
    /// the file.
    ///
    /// Throws `copy_elsewhere` where the copy is on another machine and the file is not there any more; and what opening the file
    /// throws.
    func source(of job: Job, at path: String) async throws -> any ObjectSource {
        guard let place = job.arguments.copy else { return try await files.open(path) }
        if let copy = try await fallback?.copies?.source(of: place) { return copy }
        do {
            return try await files.open(path)
        } catch let failure as JobFailure where failure.code == "file_not_found" {
            throw JobFailure(
                code: "copy_elsewhere",
                message:
                    "The bucket has not taken the file \(ObjectKey(path).quoted) yet, the file is gone, and its copy is not on this "
                    + "worker's machine; it is tried again.",
                isRetryable: true)
        }
    }
}
