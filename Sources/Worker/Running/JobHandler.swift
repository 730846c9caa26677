package import Core

/// Does one kind of job. It writes the job's effects and its good end itself, in one transaction; a thrown error becomes
/// the job's failure, `CancellationError` and `ClaimLost` leave the job to whoever took it away.
package protocol JobHandler: Sendable {
    /// Runs the job to its end.
    func run(_ job: Job) async throws
}
