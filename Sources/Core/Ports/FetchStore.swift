/// What is known of URLs that jobs fetch. Implementation: PostgreSQL.
public protocol FetchStore: Sendable {
    /// What there is to do for a fetch job. Where what it asks for is there already, this ends the job.
    ///
    /// Throws `ClaimLost`, and the failure `fetch_backing_off` for a URL that failed before and is not to be asked yet.
    func begin(_ job: Job) async throws -> FetchStart
}
