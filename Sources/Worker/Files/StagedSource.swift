import Core

/// The bytes that the database holds for an upload, read from there piece by piece.
struct StagedSource: ObjectSource {
    let contents: any ContentStore
    let job: Job
    let size: Int64

    /// Throws `ClaimLost` where the job is not this worker's any more, `no_staged_bytes` where they are gone.
    func read(_ range: Range<Int64>) async throws -> [UInt8] {
        let bytes = try await contents.stagedBytes(of: job, in: range)
        guard bytes.count == range.count else {
            throw JobFailure(
                code: "no_staged_bytes", message: "Job \(job.id) has other staged bytes than it says.",
                isRetryable: false)
        }
        return bytes
    }
}
