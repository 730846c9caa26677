/// A system call of the network that failed.
struct SocketError: Error, CustomStringConvertible {
    /// What went wrong.
    enum Code: Sendable, Equatable {
        /// There is no socket or thread to be had, or the port is taken.
        case unavailable
        /// The peer has gone.
        case gone
    }

    let code: Code
    let description: String
}
