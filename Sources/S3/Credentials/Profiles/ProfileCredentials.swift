internal import HTTP
internal import SigV4

/// Credentials that a profile has, or says how to get.
///
/// A profile's role counts before its own keys, as in the AWS command line; for a profile that another one names as its
/// `source_profile` it is the other way round.
struct ProfileCredentials: ChainLink {
    let name: String
    /// Whether somebody asked for this very profile: it must then exist and have credentials.
    let isNamed: Bool
    let files: ProfileFiles
    let environment: S3Environment
    /// For the token service.
    let requester: CredentialRequester
    /// For containers and instances.
    let metadata: CredentialRequester
    let now: @Sendable () -> Int64

    func loadIfConfigured() async throws -> Credentials? {
        let profiles = try files.profiles()
        guard let profile = profiles[name] else {
            guard isNamed else { return nil }
            throw CredentialsError(
                .noSuchProfile,
                "the profile \(Self.quoted(name)) is not in \(files.places): create it with "
                    + "'aws configure --profile NAME', or name another")
        }
        guard profile.namesCredentials else {
            guard isNamed else { return nil }
            throw CredentialsError(
                .incomplete,
                "the profile \(Self.quoted(name)) in \(files.places) has no credentials: add aws_access_key_id "
                    + "and aws_secret_access_key, or role_arn with source_profile, or credential_process")
        }
        return try await load(profile, of: profiles, asked: [])
    }

    /// What the profile gives; `asked` are the profiles that it is the source of, outermost first.
    private func load(_ profile: Profile, of profiles: [String: Profile], asked: [String]) async throws -> Credentials {
        if !asked.isEmpty, profile.hasStaticCredentials { return try Self.keys(of: profile) }
        let origin = "the profile \(Self.quoted(profile.name))"
        if let path = profile["web_identity_token_file"] {
            let identity = WebIdentity(
                tokenPath: path, request: try Self.role(of: profile), service: try service(for: profile))
            return try await identity.load()
        }
        if profile["role_arn"] != nil { return try await assumeRole(of: profile, of: profiles, asked: asked) }
        if profile.hasStaticCredentials { return try Self.keys(of: profile) }
        if let command = profile["credential_process"] {
            return try await CredentialProcess(command: command, origin: origin, variables: environment.variables)
                .load()
        }
        if profile["sso_session"] != nil || profile["sso_start_url"] != nil {
            throw CredentialsError(
                .incomplete,
                "\(origin) signs in with AWS SSO, which is not done here: add a profile that has "
                    + "credential_process = aws configure export-credentials --profile NAME --format process")
        }
        throw CredentialsError(.incomplete, "\(origin) in \(files.places) has neither keys nor a role_arn: add them")
    }

    private func assumeRole(
        of profile: Profile, of profiles: [String: Profile], asked: [String]
    ) async throws -> Credentials {
        let request = try Self.role(of: profile)
        guard profile["mfa_serial"] == nil else {
            throw CredentialsError(
                .incomplete,
                "\(request.origin) wants a code of a device (mfa_serial), which nobody can enter here: "
                    + "use a role without")
        }
        let caller: Credentials
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil):
            caller = try await load(source: source, of: profile, profiles, asked: asked + [profile.name])
        case (nil, let source?):
            caller = try await load(credentialSource: source, origin: request.origin)
        case (nil, nil):
            throw CredentialsError(
                .incomplete,
                "\(request.origin) has a role_arn, but neither source_profile nor credential_source: add one")
        case (_?, _?):
            throw CredentialsError(
                .incomplete, "\(request.origin) has both source_profile and credential_source: remove one")
        }
        return try await service(for: profile).assume(request, as: caller)
    }

    private func load(
        source: String, of profile: Profile, _ profiles: [String: Profile], asked: [String]
    ) async throws -> Credentials {
        guard let sourceProfile = profiles[source] else {
            throw CredentialsError(
                .noSuchProfile,
                "the profile \(Self.quoted(source)), source_profile of \(Self.quoted(profile.name)), is not in "
                    + "\(files.places): create it with 'aws configure --profile NAME', or name another")
        }
        // A profile may name itself: its role is then assumed with its own keys.
        let isOwnKeys = source == profile.name && profile.hasStaticCredentials
        guard isOwnKeys || !asked.contains(source) else {
            throw CredentialsError(
                .incomplete,
                "the source_profile settings in \(files.places) lead in a circle: "
                    + (asked + [source]).map(Self.quoted).joined(separator: ", "))
        }
        return try await load(sourceProfile, of: profiles, asked: asked)
    }

    private func load(credentialSource: String, origin: String) async throws -> Credentials {
        let link: any ChainLink
        switch credentialSource.lowercased() {
        case "environment": link = EnvironmentCredentials(environment: environment)
        case "ecscontainer": link = ContainerCredentials(environment: environment, requester: metadata)
        case "ec2instancemetadata": link = InstanceMetadata(environment: environment, requester: metadata)
        default:
            throw CredentialsError(
                .incomplete,
                "the credential_source of \(origin) must be Environment, EcsContainer or Ec2InstanceMetadata")
        }
        if let credentials = try await link.loadIfConfigured() { return credentials }
        throw CredentialsError(.missing, "the credential_source of \(origin) has no credentials")
    }

    private func service(for profile: Profile) throws(CredentialsError) -> TokenService {
        try TokenService(requester, environment: environment, profileRegion: profile["region"], now: now)
    }

    private static func role(of profile: Profile) throws(CredentialsError) -> RoleRequest {
        let origin = "the profile \(quoted(profile.name))"
        guard let role = profile["role_arn"] else {
            throw CredentialsError(.incomplete, "\(origin) has no role_arn: add the role to assume")
        }
        var request = RoleRequest(role: role, origin: origin)
        request.sessionName = profile["role_session_name"]
        request.externalID = profile["external_id"]
        if let text = profile["duration_seconds"] {
            guard let duration = Int(text), (900...43_200).contains(duration) else {
                throw CredentialsError(.incomplete, "duration_seconds of \(origin) must be 900 to 43200")
            }
            request.duration = duration
        }
        return request
    }

    private static func keys(of profile: Profile) throws(CredentialsError) -> Credentials {
        let origin = "the profile \(quoted(profile.name))"
        switch (profile["aws_access_key_id"], profile["aws_secret_access_key"]) {
        case (let id?, let secret?):
            return try Credentials.checked(
                id, secret, profile["aws_session_token"], source: "the key of \(origin)", remedy: "correct it")
        case (nil, _):
            throw CredentialsError(.incomplete, "Missing S3 configuration: \(origin) has no aws_access_key_id; add it")
        case (_, nil):
            throw CredentialsError(
                .incomplete, "Missing S3 configuration: \(origin) has no aws_secret_access_key; add it")
        }
    }

    /// In quotes, on one line, not endless.
    private static func quoted(_ name: String) -> String {
        let line = name.unicodeScalars.prefix(100).map { $0.properties.generalCategory == .control ? "?" : String($0) }
        return "\"\(line.joined())\""
    }
}
