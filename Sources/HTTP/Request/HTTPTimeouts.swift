/// How long the parts of a request may take.
public struct HTTPTimeouts: Sendable, Equatable {
    /// Finding the address, connecting and TLS, together.
    public var connect: Duration = .seconds(5)
    /// The whole request, from when its turn has come to the last byte, pauses of a slow reader included; nil: no limit.
    public var total: Duration?
    /// How long fewer than `minimumBytesPerSecond` may flow, in whole seconds, rounded up; nil: for ever.
    ///
    /// libcurl looks at the average of the last five seconds, so a fast transfer that stops ends up to five seconds later.
    /// A server that thinks is slow too: give work that takes the server long more time. Pauses that the reader or the
    /// body's source makes do not count.
    public var stall: Duration? = .seconds(30)
    /// What counts as flowing.
    public var minimumBytesPerSecond = 1024

    /// The time-outs as they are documented.
    public init() {}
}
