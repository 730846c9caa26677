/// What happened to a request, for whoever counts.
public enum S3Event: Sendable, Equatable {
    /// A request of an operation, as S3 names it, was answered with a status of 200 (2) to 599 (5); nil: it was not, or not
    /// wholly.
    case requestEnded(operation: String, statusClass: Int?)
    /// A request will be made again after a failure that may pass.
    case requestRepeated(operation: String)
    /// A server, by scheme, host and port, asks for fewer requests: nothing is sent to it for so long.
    case throttled(endpoint: String, pause: Duration)
    /// A request was not sent, because the server has been asking for fewer for too long.
    case requestHeldBack(operation: String)
}
