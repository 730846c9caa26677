/// What a response says before its body.
struct HTTPResponseHead: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var timings: HTTPTimings
    var remoteAddress: SocketAddress?
}
