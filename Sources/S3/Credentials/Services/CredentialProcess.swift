internal import SigV4
internal import Subprocess

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
        guard let words = ShellWords.split(command), let program = words.first, !program.isEmpty else {
            throw CredentialsError(.incomplete, "\(name) is not a command: check its quotes")
        }
        guard !words.contains(where: { $0.utf8.contains(0) }) else {
            throw CredentialsError(.incomplete, "\(name) has a null character in it")
        }
        let result = try await run(program, Array(words.dropFirst()), name)
        guard result.isSuccess else {
            throw CredentialsError(.sourceFailed, "\(name) failed: run the program by hand to see why")
        }
        let document = try CredentialDocument(result.output, source: name)
        guard document.version == 1 else {
            throw CredentialsError(.incomplete, "\(name) did not print \"Version\": 1; only that version is known")
        }
        return try document.credentials(source: name, remedy: "check what the program prints")
    }

    private struct Outcome: Sendable, ContentHidden {
        let isSuccess: Bool
        let output: [UInt8]
    }

    /// The program, or the clock: whichever ends first. Nil in the group is the clock.
    private func run(_ program: String, _ arguments: [String], _ name: String) async throws -> Outcome {
        let outcome = try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await start(program, arguments, name) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let outcome else {
            throw CredentialsError(.sourceFailed, "\(name) took longer than \(limit / .seconds(1)) s and was ended")
        }
        return outcome
    }

    private func start(_ program: String, _ arguments: [String], _ name: String) async throws -> Outcome {
        var options = PlatformOptions()
        // A group of its own, so that what it started ends with it; the last step is SIGKILL.
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables {
            if let key = Environment.Key(rawValue: name) { environment[key] = value }
        }
        do {
            let result = try await Subprocess.run(
                program.utf8.contains(UInt8(ascii: "/")) ? .path(.init(program)) : .name(program),
                arguments: Arguments(arguments), environment: .custom(environment), platformOptions: options,
                output: .bytes(limit: CredentialDocument.sizeLimit))
            return Outcome(isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            if error.code == .outputLimitExceeded {
                throw CredentialsError(.incomplete, "\(name) printed more than \(CredentialDocument.sizeLimit) bytes")
            }
            throw CredentialsError(
                .sourceFailed, "\(name) cannot be run: check that the program exists, by an absolute path at best")
        }
    }
}
