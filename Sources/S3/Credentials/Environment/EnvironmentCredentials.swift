internal import SigV4

/// Credentials that stand in the environment.
struct EnvironmentCredentials: ChainLink {
    let environment: S3Environment

    func loadIfConfigured() throws(CredentialsError) -> Credentials? {
        switch (environment[.accessKeyID], environment[.secretAccessKey]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            return try Credentials.checked(
                id, secret, environment[.sessionToken], source: "the environment's key", remedy: "check its variables")
        case (_?, nil): throw Self.missing(.secretAccessKey, beside: .accessKeyID)
        case (nil, _?): throw Self.missing(.accessKeyID, beside: .secretAccessKey)
        }
    }

    private static func missing(_ missing: VariableNames, beside given: VariableNames) -> CredentialsError {
        CredentialsError(
            .incomplete,
            "Missing S3 configuration: \(missing.names.joined(separator: " or ")) is not set, though one of "
                + "\(given.names.joined(separator: ", ")) is; set both")
    }
}
