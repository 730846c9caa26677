package import Core
package import HTTP
package import S3
internal import Synchronization

/// Buckets on Amazon S3 or a compatible server: as each cache's settings say, and where they say nothing, as the worker's
/// environment does.
///
/// All share one HTTP client and, for each profile, one set of credentials, which are read again when their source changes:
/// what is mended there takes effect without a restart.
package final class S3StoreProvider: ObjectStoreProvider {
    /// So many clients are kept; one more makes room by dropping all.
    private static let clientsKept = 64

    let environment: S3Environment
    let policy: EndpointPolicy
    let ownEndpoint: S3Endpoint?
    private let http: HTTPClient
    private let metadata: HTTPClient
    private let timeouts: HTTPTimeouts
    private let writeTimeout: Duration
    private let retry: S3RetryPolicy
    let now: @Sendable () -> Int64
    private let observe: Observe
    private let throttled = ThrottledEndpoints()
    private let kept = Mutex(Kept())
    /// When which credentials came.
    let arrivals = CredentialArrivals(now: SystemTime.timestamp)

    private struct Kept {
        var sources: [String?: Source] = [:]
        var clients: [ClientKey: S3Client] = [:]
        var lately: [BucketKey: LatelyStored] = [:]
    }

    private struct BucketKey: Hashable {
        var client: ClientKey
        var bucket: String
    }

    /// Where credentials come from, and what is kept of them.
    struct Source {
        var chain: CredentialChain
        var provider: CachedCredentialsProvider
    }

    /// What clients differ in.
    struct ClientKey: Hashable {
        var endpoint: S3Endpoint?
        var region: String
        var addressing: S3Addressing
        var profile: String?
    }

    /// Buckets for an environment. `connections` bounds how many requests are on their way at a time, `timeouts` how long the
    /// parts of each may take, `writeTimeout` how long all of one that changes objects may, besides what its size adds.
    /// `retry` says when requests are made again; `observe` takes what happens to requests.
    ///
    /// Throws `configurationInvalid` where the environment names what cannot be an endpoint.
    package init(
        environment: S3Environment, connections: Int = 64, timeouts: HTTPTimeouts = HTTPTimeouts(),
        writeTimeout: Duration = .seconds(60), retry: S3RetryPolicy = S3RetryPolicy(),
        observe: @escaping Observe = { _ in }
    ) throws {
        self.environment = environment
        self.observe = observe
        self.timeouts = timeouts
        self.writeTimeout = writeTimeout
        self.retry = retry
        do {
            ownEndpoint = try environment.endpoint.map { text throws(S3Error) in try S3Endpoint(text) }
        } catch {
            var problem = error.storeError(bucket: environment.bucket ?? "")
            problem.message +=
                " It is the first that is set of AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_S3_ENDPOINT_URL and S3_SERVER_URL."
            throw problem
        }
        policy = try EndpointPolicy(
            own: ownEndpoint, allowed: environment.allowedEndpoints, profiles: environment.allowedProfiles)
        var settings = HTTPClientSettings()
        settings.maximumConcurrentRequests = connections
        http = try HTTPClient(settings)
        metadata = try HTTPClient()
        let clock = SystemClock()
        now = { clock.now }
    }

    /// The bucket of a cache with these settings.
    ///
    /// Throws `configurationInvalid` for settings that are no use or that this worker does not allow, `credentialsMissing`
    /// where the files of the profile cannot be read. Whether the bucket exists is found out by each call.
    package func store(for configuration: CacheConfiguration) throws -> any ObjectStore {
        try s3Store(for: configuration)
    }

    func s3Store(for configuration: CacheConfiguration) throws -> S3ObjectStore {
        guard let bucket = configuration.bucket ?? environment.bucket else {
            throw StoreError(
                .configurationInvalid,
                "Missing S3 configuration: the cache \(configuration.name) has no bucket; set S3_BUCKET, AWS_S3_BUCKET or "
                    + "AWS_S3_BUCKET_NAME in the worker's environment, or SELECT s3cache.configure("
                    + "'\(configuration.name)', bucket => '…').",
                operation: "Configure", bucket: "")
        }
        do {
            let key = try clientKey(configuration, bucket: bucket)
            let client = try client(key)
            let signers = key.profile == nil ? environment.presignProfile.map { source(of: $0).provider } : nil
            return S3ObjectStore(
                bucket: bucket, client: client, signers: signers, encryption: environment.encryption(in: bucket),
                lately: lately(bucket, key), now: now)
        } catch let error as S3Error {
            var problem = error.storeError(bucket: bucket)
            problem.message += " Bucket \(bucket) gets it from the cache's settings, or from the worker's environment."
            throw problem
        } catch let error as CredentialsError {
            throw StoreError(
                .credentialsMissing, "Bucket \(bucket) cannot be used: \(error.message).", operation: "Configure",
                bucket: bucket)
        }
    }

    /// The credentials that the environment says, as people may see them. Throws `CredentialsError`.
    package func describeCredentials() async throws -> String {
        let source = source(of: nil)
        let credentials = try await source.provider.credentials()
        return "Access key \(credentials.maskedAccessKeyID)\(credentials.areTemporary ? ", temporary" : "")."
    }

    /// What SQL applies where a cache says nothing: for `s3cache.cache`. Never a secret.
    package var defaults: [String: String] {
        var defaults: [String: String] = [:]
        defaults["bucket"] = environment.bucket
        defaults["endpoint"] = ownEndpoint?.description
        let profileRegion = try? source(of: nil).chain.profileRegion()
        defaults["region"] = environment.region ?? profileRegion ?? S3Environment.defaultRegion
        defaults["cdn_url"] = environment.cdnURL
        defaults["presign_ttl"] = environment.presignedURLExpiration.map { "\($0) seconds" }
        defaults["presign_reuse"] = environment.presignedURLReuse.map { "\($0) seconds" }
        return defaults
    }

    /// For people: where the environment says that objects are.
    package var description: String {
        let place = ownEndpoint?.description ?? "Amazon S3"
        return environment.bucket.map { "the bucket \($0) at \(place)" } ?? "\(place), no bucket by default"
    }

    /// Which client serves a cache.
    func clientKey(_ configuration: CacheConfiguration, bucket: String) throws -> ClientKey {
        var endpoint = ownEndpoint
        if let text = configuration.endpoint {
            let chosen = try S3Endpoint(text)
            try policy.admit(chosen, bucket: bucket)
            endpoint = chosen
        }
        if let profile = configuration.credentials { try policy.admit(profile: profile, bucket: bucket) }
        guard let addressing = S3Addressing(rawValue: configuration.addressing) else {
            throw StoreError(
                .configurationInvalid,
                "The addressing of bucket \(bucket) is neither auto, path nor virtual; SELECT s3cache.configure() sets it.",
                operation: "Configure", bucket: bucket)
        }
        let profile = configuration.credentials
        let profileRegion = try source(of: profile).chain.profileRegion()
        let fromEnvironment = profile == nil ? environment.region ?? profileRegion : profileRegion ?? environment.region
        return ClientKey(
            endpoint: endpoint, region: configuration.region ?? fromEnvironment ?? S3Environment.defaultRegion,
            addressing: addressing, profile: profile)
    }

    /// The client of a kind. Throws `S3Error` for a region that cannot be one.
    func client(_ key: ClientKey) throws -> S3Client {
        try kept.withLock { kept in
            if let client = kept.clients[key] { return client }
            let client = try S3Client(
                http: http, credentials: source(of: key.profile, in: &kept).provider, settings: settings(key))
            if kept.clients.count >= Self.clientsKept { kept.clients.removeAll() }
            kept.clients[key] = client
            return client
        }
    }

    /// What all stores of a bucket share.
    private func lately(_ bucket: String, _ client: ClientKey) -> LatelyStored {
        let key = BucketKey(client: client, bucket: bucket)
        return kept.withLock { kept in
            if let lately = kept.lately[key] { return lately }
            let lately = LatelyStored()
            if kept.lately.count >= Self.clientsKept { kept.lately.removeAll() }
            kept.lately[key] = lately
            return lately
        }
    }

    private func settings(_ key: ClientKey) -> S3ClientSettings {
        var settings = S3ClientSettings(endpoint: key.endpoint, region: key.region)
        settings.addressing = key.addressing
        settings.timeouts = timeouts
        settings.writeTimeout = writeTimeout
        settings.throttled = throttled
        settings.retry = retry
        settings.observe = { [observe] event in observe(Observation(event)) }
        settings.tls = HTTPTLSOptions(authorityBundlePath: environment.authorityBundlePath)
        return settings
    }

    /// Where the credentials of a profile come from; nil: the worker's own.
    func source(of profile: String?) -> Source {
        kept.withLock { kept -> Source in source(of: profile, in: &kept) }
    }

    /// Profiles are few: SQL may name only those that the environment lists.
    private func source(of profile: String?, in kept: inout Kept) -> Source {
        if let source = kept.sources[profile] { return source }
        let chain = CredentialChain(
            environment: environment, profile: profile, http: http, metadata: metadata, now: now)
        let source = Source(chain: chain, provider: CachedCredentialsProvider(chain, now: now))
        kept.sources[profile] = source
        return source
    }
}
