/// What a client is doing at the moment.
public struct HTTPClientLoad: Sendable, Equatable {
    /// Requests that are on their way.
    public var running = 0
    /// Requests that wait until one of these ends.
    public var waiting = 0
    /// Connections that were opened since the client was made.
    public var connectionsOpened = 0
    /// What is kept of ended requests, with its buffers, for the next ones: for a second.
    public var keptHandles = 0
    /// Whether it takes no more requests.
    public var isClosing = false
}
