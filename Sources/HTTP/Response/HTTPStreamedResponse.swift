/// A response whose body is still to be read.
///
/// It occupies one of the client's places until the body is read to its end, cancelled, or let go.
public struct HTTPStreamedResponse: Sendable {
    /// The status code; 1xx are never seen.
    public var status: Int
    /// The headers in their order. Bytes that are not UTF-8 are replaced.
    public var headers: HTTPHeaders
    /// The body.
    public var body: HTTPBody
    /// When things happened, until the headers were there.
    public var timings: HTTPTimings
    /// Where the connection went: the proxy, where there is one.
    public var remoteAddress: SocketAddress?
}
