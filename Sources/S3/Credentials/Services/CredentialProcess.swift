internal import Commands
internal import SigV4

/// Runs the program that a profile names and takes the credentials that it prints.
///
/// Source: "Sourcing credentials with an external process in the AWS CLI", AWS CLI User Guide.
struct CredentialProcess: Sendable, ContentHidden {
    let command: String
    /// The profile that names it, for messages: `the profile "prod"`.
    let origin: String
    let variables: [String: String]
    /// After which time it is killed.
    var limit: Duration = .seconds(60)

    /// Runs it, without a shell, and without showing what it prints. Throws `CredentialsError` and `CancellationError`.
    func load() async throws -> Credentials {
        let name = "the credential_process of \(origin)"
        let printed: [UInt8]
        do {
            let (end, bytes) = try await Command(command).output(
                environment: variables, limit: limit, bytes: CredentialDocument.sizeLimit)
            guard end.isSuccess else {
                throw CredentialsError(.sourceFailed, "\(name) failed: run the program by hand to see why")
            }
            printed = bytes
        } catch let error as CommandError {
            throw refusal(error, name)
        }
        let document = try CredentialDocument(printed, source: name)
        guard document.version == 1 else {
            throw CredentialsError(.incomplete, "\(name) did not print \"Version\": 1; only that version is known")
        }
        return try document.credentials(source: name, remedy: "check what the program prints")
    }

    private func refusal(_ error: CommandError, _ name: String) -> CredentialsError {
        switch error {
        case .malformed(let problem): CredentialsError(.incomplete, "\(name) \(problem)")
        case .printedTooMuch:
            CredentialsError(.incomplete, "\(name) printed more than \(CredentialDocument.sizeLimit) bytes")
        case .tookTooLong:
            CredentialsError(.sourceFailed, "\(name) took longer than \(limit / .seconds(1)) s and was ended")
        case .cannotRun:
            CredentialsError(
                .sourceFailed, "\(name) cannot be run: check that the program exists, by an absolute path at best")
        }
    }
}
