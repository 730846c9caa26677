internal import SigV4

/// Where credentials come from, asked anew with each call.
protocol CredentialSource: Sendable {
    /// Asks. Throws `CredentialsError`, or `CancellationError` when the task is cancelled.
    func load() async throws -> Credentials

    /// What local files the answer depends on, as they are now: when it differs from what it was, the answer may too.
    func revision() -> SourceRevision
}

/// One link of the chain: it may not be set up at all.
protocol ChainLink: Sendable {
    /// Asks; nil where this source is not set up. Throws as `CredentialSource.load` does where it is, but does not work.
    func loadIfConfigured() async throws -> Credentials?
}
