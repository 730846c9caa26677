internal import SigV4

/// The role that a platform gives to its workloads by variables (EKS: IAM roles for service accounts).
struct EnvironmentWebIdentity: ChainLink {
    let environment: S3Environment
    let requester: CredentialRequester
    let profileRegion: @Sendable () throws(CredentialsError) -> String?
    let now: @Sendable () -> Int64

    func loadIfConfigured() async throws -> Credentials? {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let role = environment["AWS_ROLE_ARN"] else {
            throw CredentialsError(
                .incomplete,
                "Missing S3 configuration: AWS_ROLE_ARN is not set, though AWS_WEB_IDENTITY_TOKEN_FILE is; set both")
        }
        var request = RoleRequest(role: role, origin: "AWS_WEB_IDENTITY_TOKEN_FILE")
        request.sessionName = environment["AWS_ROLE_SESSION_NAME"]
        // The profile's region is only looked for where no variable says one.
        let region = environment.region == nil ? try profileRegion() : nil
        let service = try TokenService(requester, environment: environment, profileRegion: region, now: now)
        return try await WebIdentity(tokenPath: path, request: request, service: service).load()
    }
}
