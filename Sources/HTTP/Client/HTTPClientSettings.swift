/// How an `HTTPClient` works.
public struct HTTPClientSettings: Sendable {
    /// How many requests are on their way at a time, at least one; the others wait, first come, first served. As many
    /// connections are kept open.
    public var maximumConcurrentRequests = 64
    /// How long an idle connection may be used again. Servers close theirs after some time too: a request that meets such
    /// a closing connection has to be repeated.
    public var maximumIdleAge: Duration = .seconds(15)
    /// What the requests go through.
    public var proxy = HTTPProxy.none
    /// How many bytes of a streamed body are kept until the reader asks for them; the transfer pauses when it has more.
    public var bodyBufferBytes = 256 << 10
    /// How large the headers of a response may be, all together.
    public var maximumHeaderBytes = 96 << 10
    /// Says to which addresses the client may connect; nil allows every one.
    ///
    /// Asked with each address that a name has, before the connection is opened, and again before each request, so that an
    /// idle connection is not used against it either. Called on the client's thread: it must return soon. With a proxy it
    /// is asked about the proxy's address.
    public var addressPolicy: (@Sendable (SocketAddress) -> Bool)?
    /// Says which addresses a host's name has, in place of the name service; nil, or no address: the name service is asked.
    ///
    /// Asked before each request with the host as its URL writes it, on the client's thread: it must return soon. An idle
    /// connection to that host may be used all the same. With a proxy it has no effect.
    public var resolver: (@Sendable (String) -> [IPAddress]?)?

    /// The settings as they are documented.
    public init() {}
}
