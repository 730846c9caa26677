/// Gives every connection a thread.
enum Listener {
    /// Begins to accept on this port, or on a free one for 0, on a thread of its own. Gives the port. Throws `unavailable`.
    static func start(_ service: Service, on port: UInt16) throws(SocketError) -> UInt16 {
        let (listener, bound) = try Socket.listen(on: port)
        try StubThread.start {
            while let socket = try? listener.accept() {
                // Without a thread the connection ends at once.
                try? StubThread.start {
                    var connection = Connection(socket, service)
                    connection.serve()
                }
            }
        }
        return bound
    }
}
