extension FaultProxy {
    /// What happens to one request.
    public enum Fault: Sendable {
        /// Nothing: request and response pass as they are.
        case none
        /// The request goes upstream only after so long.
        case delay(Duration)
        /// At this point the client's connection breaks with a reset (RST).
        case reset(Point)
        /// At this point the client's connection ends in good order (FIN), as if the server had nothing more to say.
        case close(Point)
        /// At this point nothing flows any more, until the client gives up or the proxy stops.
        case stall(Point)
        /// The upstream is not asked; this is the response.
        case status(Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [])
        /// The upstream does what was asked, but this is the response.
        case replace(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [])
        /// The upstream does what was asked; its response gets status 200 and this body, and keeps its other headers.
        case body([UInt8])
        /// The response gets these headers in place of its own of the same names; nil only removes.
        case rewriteHeaders([(name: String, value: String?)])

        /// The response ends after so many bytes of its body, earlier than announced.
        public static func cutBody(after count: Int) -> Fault { .close(.inBody(after: count)) }
    }

    /// When a fault strikes.
    public enum Point: Sendable {
        /// The upstream hears nothing of the request.
        case beforeRequest
        /// The upstream has begun to answer, so it has done what was asked; the client gets nothing of the answer.
        case afterRequest
        /// The client has got the head and so many bytes of the body as it is transferred, with the framing of chunks.
        /// A body of fewer bytes passes whole first.
        case inBody(after: Int)
    }
}
