public import SigV4

/// Gives the credentials that requests are signed with.
///
/// Implementations keep what they got until shortly before it ends, refresh it in time, and ask their source once for all
/// callers that wait.
public protocol CredentialsProvider: Sendable {
    /// Credentials that are valid now. Throws `CredentialsError`, and `CancellationError` when the task is cancelled.
    func credentials() async throws -> Credentials

    /// The service refused these, because they have ended or are not known: the next call asks the source again instead of
    /// giving them from memory. Without effect where others have taken their place meanwhile.
    func discard(_ refused: Credentials) async
}
