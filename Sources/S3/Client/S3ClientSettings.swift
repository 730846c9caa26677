public import HTTP

/// How an `S3Client` works.
public struct S3ClientSettings: Sendable {
    /// The server; nil: AWS's own for the region.
    public var endpoint: S3Endpoint?
    /// What requests are signed for, unless a bucket turns out to be elsewhere.
    public var region: String
    /// Where requests name their bucket.
    public var addressing = S3Addressing.automatic
    /// How failed requests are made again.
    public var retry = S3RetryPolicy()
    /// The servers that ask for fewer requests: to be shared by clients of the same servers.
    public var throttled = ThrottledEndpoints()
    /// How long the parts of a request may take.
    public var timeouts = HTTPTimeouts()
    /// How long a request that changes objects may take in all, and one second more for each 256 KiB of its body; nil: no
    /// limit. Whoever makes it again elsewhere must wait that long.
    public var writeTimeout: Duration?
    /// How the server proves who it is.
    public var tls = HTTPTLSOptions()
    /// How long it is believed that a bucket is there, before a HEAD without result asks again.
    public var bucketCheckInterval: Duration = .seconds(60)
    /// Tells the time.
    public var clock: any S3Clock = SystemClock()
    /// A number of at least 0 and less than 1, for pauses.
    public var random: @Sendable () -> Double = { .random(in: 0..<1) }
    /// Takes what happens to requests; called from many tasks at once.
    public var observe: @Sendable (S3Event) -> Void = { _ in }

    /// Settings for AWS, or for the server at `endpoint`.
    public init(endpoint: S3Endpoint? = nil, region: String = "us-east-1") {
        self.endpoint = endpoint
        self.region = region
    }
}
