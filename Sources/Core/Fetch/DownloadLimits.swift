/// How much one download may take.
public struct DownloadLimits: Hashable, Sendable {
    /// How many bytes the body may have.
    public var maximumBytes: Int
    /// From the first name that is looked up to the last byte that the sink has taken, redirects included.
    public var total: Duration = .seconds(60)
    /// How long fewer than 1 KiB a second may flow, in whole seconds.
    public var stall: Duration = .seconds(30)
    /// Finding the address, connecting and TLS, of each host.
    public var connect: Duration = .seconds(10)
    /// How many redirects are followed.
    public var maximumRedirects = 5

    /// The limits as they are documented, and this one.
    public init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }
}
