public import HTTP
public import SigV4

/// Looks for credentials where the AWS tools do: environment, profile, container, instance; the first that is set up decides.
///
///     let chain = CredentialChain(environment: environment, http: client, now: now)
///     let provider = CachedCredentialsProvider(chain, now: now)
///
/// A source that is set up but does not work is an error, which says so: nothing is silently taken from elsewhere. With a
/// profile given by name nothing but that profile is asked. It keeps nothing: each call asks anew.
///
/// Source: "Standardized credential providers", AWS SDKs and Tools Reference Guide.
public struct CredentialChain: Sendable {
    private let environment: S3Environment
    private let profile: ProfileCredentials
    private let links: [any ChainLink]

    /// A chain over an environment.
    ///
    /// `profile` is what a setting or `--profile` names; nil: `AWS_PROFILE`, or `default` where that exists. `http` talks to
    /// the token service; `metadata`, or `http` without it, to containers and instances: it needs to reach link-local
    /// addresses, and no proxy. `now` tells the time, in seconds since 1970-01-01T00:00:00Z.
    public init(
        environment: S3Environment, profile: String? = nil, http: HTTPClient, metadata: HTTPClient? = nil,
        now: @escaping @Sendable () -> Int64
    ) {
        let files = ProfileFiles(environment)
        let outward = CredentialRequester(client: http, authorityBundlePath: environment.authorityBundlePath)
        let local = CredentialRequester(
            client: metadata ?? http, authorityBundlePath: environment.authorityBundlePath)
        let name = profile ?? environment.profile
        let profileLink = ProfileCredentials(
            name: name ?? "default", isNamed: name != nil, files: files, environment: environment,
            requester: outward, metadata: local, now: now)
        self.environment = environment
        self.profile = profileLink
        guard profile == nil else {
            links = [profileLink]
            return
        }
        links = [
            EnvironmentCredentials(environment: environment),
            EnvironmentWebIdentity(
                environment: environment, requester: outward,
                profileRegion: { () throws(CredentialsError) in try profileLink.region() }, now: now),
            profileLink,
            ContainerCredentials(environment: environment, requester: local),
            InstanceMetadata(environment: environment, requester: local),
        ]
    }

    /// Asks. Throws `CredentialsError`, `missing` where nothing is set up, and `CancellationError`.
    public func load() async throws -> Credentials {
        for link in links {
            if let credentials = try await link.loadIfConfigured() { return credentials }
        }
        throw missing
    }

    /// The region that the profile's files say for it; nil where they say none.
    ///
    /// Throws `CredentialsError` when a file is not what it should be. It reads files, unless they are as they were.
    public func profileRegion() throws(CredentialsError) -> String? { try profile.region() }

    private var missing: CredentialsError {
        let isDisabled = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
        return CredentialsError(
            .missing,
            "Missing S3 configuration: there are no credentials in the environment, in the profile \"default\" in "
                + "\(profile.files.places), in the container's variables or in the instance metadata"
                + "\(isDisabled ? " (disabled)" : ""); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
    }
}

extension CredentialChain: CredentialSource {
    func revision() -> SourceRevision {
        // What stands in the environment counts before every file, and does not change.
        let isFixed = links.count > 1 && environment[.accessKeyID] != nil
        return isFixed ? .constant : profile.files.revision
    }
}

extension CredentialChain: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the profile.
    public var description: String { "CredentialChain(profile: \(profile.name))" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: the name of the profile.
    public var customMirror: Mirror { Mirror(self, children: ["profile": profile.name]) }
}

extension ProfileCredentials {
    /// The region that the files say for the profile.
    func region() throws(CredentialsError) -> String? { try files.profiles()[name]?["region"] }
}
