public import HTTP
internal import SigV4
internal import Synchronization

/// A client of Amazon S3 and what is compatible with it.
///
/// ```swift
/// let client = try S3Client(http: HTTPClient(), credentials: provider, settings: S3ClientSettings(region: "eu-central-1"))
/// let page = try await client.listObjects("bucket", prefix: "1/")
/// let bytes = try await client.getObject("bucket", "1/a.jpg", limit: 1 << 20)
/// ```
///
/// Every request is signed with Signature Version 4. Failures that may pass are retried by `S3RetryPolicy`; a wrong region,
/// a wrong clock and credentials that have ended are corrected once a call, from what the server says; redirects are never
/// followed. Calls throw `S3Error`, and `CancellationError` soon after their task is cancelled.
public final class S3Client: Sendable {
    let http: HTTPClient
    let credentials: any CredentialsProvider
    let settings: S3ClientSettings
    let signer: RequestSigner
    let tokens: RetryTokens
    let regions = RegionMap()
    let presence: BucketPresence
    // What to add to the clock, in seconds, to have the server's.
    let clockOffset = Atomic<Int64>(0)
    let requestCount = Atomic<Int>(0)
    let retryCount = Atomic<Int>(0)
    let correctionCount = Atomic<Int>(0)

    /// A client that shares `http` with whoever else uses it, and does not close it.
    ///
    /// Throws `invalidEndpoint` for a region that cannot be one.
    public init(
        http: HTTPClient, credentials: any CredentialsProvider, settings: S3ClientSettings = S3ClientSettings()
    ) throws(S3Error) {
        self.http = http
        self.credentials = credentials
        self.settings = settings
        signer = try RequestSigner(settings)
        tokens = RetryTokens(capacity: settings.retry.tokenCapacity)
        presence = BucketPresence(interval: settings.bucketCheckInterval)
    }

    /// Where requests go, unless a bucket turns out to be in another region of AWS.
    public var endpoint: S3Endpoint { signer.endpoint }

    /// The region that buckets are looked for in first, and made in.
    public var region: String { settings.region }

    /// What the client has done so far.
    public var counters: S3ClientCounters {
        var counters = S3ClientCounters()
        counters.requests = requestCount.load(ordering: .relaxed)
        counters.retries = retryCount.load(ordering: .relaxed)
        counters.corrections = correctionCount.load(ordering: .relaxed)
        return counters
    }

    func wording(_ call: S3Call) -> ErrorWording { call.wording(at: endpoint(of: call.bucket)) }

    func region(of bucket: String) -> String { regions[bucket] ?? settings.region }

    func endpoint(of bucket: String) -> S3Endpoint { signer.endpoint(in: region(of: bucket)) }

    /// The time as the server has it, where its clock is ahead by `clockOffset` seconds. Throws for a clock that is beyond
    /// the years 1970 to 9999.
    func signingTime(clockOffset: Int64) throws(SigningError) -> SigningTime {
        let (now, overflow) = settings.clock.now.addingReportingOverflow(clockOffset)
        return try SigningTime(seconds: overflow ? -1 : now)
    }
}
