internal import Adapters
public import Core
internal import HTTP
internal import S3
public import TestSupport

/// A bucket of a test's own on a real server, empty at first, and removed afterwards with all that is in it.
public struct TestBucket: Sendable {
    /// The bucket's name.
    public let name: String
    /// Where it is, and with which keys.
    public let server: S3TestServer
    /// The bucket, as a worker sees it.
    public let store: any ObjectStore

    /// Runs `body` with a new bucket, of a name that nobody has had or of this one.
    public static func use<Result>(
        on server: S3TestServer, named name: String? = nil, _ body: (TestBucket) async throws -> Result
    ) async throws -> Result {
        let http = try HTTPClient()
        let name = name ?? server.uniqueBucketName()
        let bucket = TestBucket(
            name: name, server: server,
            store: try Self.provider(server.environment(bucket: name)).store(for: .named(name)))
        let client = try bucket.client(http)
        try await client.createBucket(name)
        do {
            let result = try await body(bucket)
            try await bucket.remove(client)
            await http.close()
            return result
        } catch {
            try? await bucket.remove(client)
            await http.close()
            throw error
        }
    }

    /// What a program finds in its environment to use the bucket.
    public var environment: [String: String] { server.environment(bucket: name) }

    /// The same bucket through another place, such as a `FaultProxy`, or with other variables on top. Where `stall` is
    /// given, that is how long a transfer may stand still; `longestPause` is that of retries.
    public func store(
        at endpoint: String? = nil, _ variables: [String: String] = [:], stall: Duration? = nil,
        longestPause: Duration? = nil
    ) throws -> any ObjectStore {
        let reached = endpoint.map { server.reached(at: $0) } ?? server
        let environment = reached.environment(bucket: name).merging(variables) { _, new in new }
        return try Self.provider(environment, stall: stall, longestPause: longestPause).store(for: .named(name))
    }

    /// What gives stores in an environment. `observe` takes what happens to requests.
    public static func provider(
        _ environment: [String: String], stall: Duration? = nil, longestPause: Duration? = nil,
        observe: @escaping Observe = { _ in }
    ) throws -> any ObjectStoreProvider {
        var timeouts = HTTPTimeouts()
        if let stall { timeouts.stall = stall }
        var retry = S3RetryPolicy()
        if let longestPause { retry.maximumBackoff = longestPause }
        return try S3StoreProvider(
            environment: S3Environment(environment), timeouts: timeouts, retry: retry, observe: observe)
    }

    /// What signing keys are made of in an environment.
    public static func signingKeys(_ environment: [String: String]) throws -> any SigningKeySource {
        try S3StoreProvider(environment: S3Environment(environment))
    }

    /// Stores objects, a number at a time; gives their summaries in the order of `objects`.
    @discardableResult
    public func fill(_ objects: [(key: String, bytes: [UInt8])], concurrency: Int = 16) async throws -> [ObjectSummary]
    {
        try await withThrowingTaskGroup(of: (Int, ObjectSummary).self) { group in
            var stored: [(index: Int, summary: ObjectSummary)] = []
            for (index, object) in objects.enumerated() {
                if index >= concurrency, let next = try await group.next() { stored.append(next) }
                group.addTask { (index, try await store.put(ObjectKey(object.key), object.bytes)) }
            }
            for try await next in group { stored.append(next) }
            return stored.sorted { $0.index < $1.index }.map(\.summary)
        }
    }

    private func client(_ http: HTTPClient) throws -> S3Client {
        let environment = try S3Environment(server.environment(bucket: name))
        let chain = CredentialChain(environment: environment, http: http) { SystemClock().now }
        let endpoint = try S3Endpoint(server.endpoint)
        return try S3Client(
            http: http, credentials: CachedCredentialsProvider(chain) { SystemClock().now },
            settings: S3ClientSettings(endpoint: endpoint))
    }

    private func remove(_ client: S3Client) async throws {
        var position = ListingPosition.start
        while true {
            let page = try await store.list(ListingRequest(position: position))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, object) in page.objects.enumerated() {
                    if index >= 16 { try await group.next() }
                    group.addTask { try await store.delete(object.key) }
                }
                try await group.waitForAll()
            }
            guard let last = page.objects.last, page.next != nil else { break }
            position = .after(last.key)
        }
        try await client.deleteBucket(name)
    }
}

extension S3TestServer {
    /// What a program finds in its environment to use a bucket there; it sees nothing of the machine's own credentials.
    public func environment(bucket: String) -> [String: String] {
        [
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey,
            "AWS_REGION": "us-east-1", "S3_BUCKET": bucket, "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        ]
    }
}

extension CacheConfiguration {
    /// A cache of nothing but a bucket.
    fileprivate static func named(_ bucket: String) -> CacheConfiguration {
        CacheConfiguration(name: "test", bucket: bucket, prefix: "")
    }
}
