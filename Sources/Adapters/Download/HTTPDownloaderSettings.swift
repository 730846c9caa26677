/// How an `HTTPDownloader` works.
public struct HTTPDownloaderSettings: Sendable {
    /// How many downloads are on their way at a time, at least one; the others wait. Each takes about 1 MiB of memory.
    public var maximumConcurrentDownloads = 8
    /// What is sent as `User-Agent`.
    public var userAgent = "s3cache"
    /// How large the headers of a response may be, all together.
    public var maximumHeaderBytes = 32 << 10
    /// A PEM file with the authorities to trust in place of the system's.
    public var authorityBundlePath: String?
    /// Says which addresses a name has, in place of the name service; nil, or no address: the name service is asked. What it
    /// says is judged like what the name service says.
    public var resolver: (@Sendable (String) -> [String]?)?
    /// The clock by which a download's total time counts.
    public var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// The settings as they are documented.
    public init() {}
}
