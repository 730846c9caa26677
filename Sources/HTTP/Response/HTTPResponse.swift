/// A response with its whole body.
public struct HTTPResponse: Sendable {
    /// The status code; 1xx are never seen.
    public var status: Int
    /// The headers in their order. Bytes that are not UTF-8 are replaced.
    public var headers: HTTPHeaders
    /// The body, without the transfer's chunks but with the content's encoding.
    public var body: [UInt8]
    /// When things happened.
    public var timings: HTTPTimings
    /// Where the connection went: the proxy, where there is one.
    public var remoteAddress: SocketAddress?
}
