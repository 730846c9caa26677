/// When things happened, counted from when the request's turn had come.
public struct HTTPTimings: Sendable, Equatable {
    /// The connection was there, TLS included; nil when an idle one was used.
    public var connect: Duration?
    /// The first byte of the response came.
    public var firstByte: Duration
    /// The last byte of the response came; nil before that.
    public var total: Duration?
}
