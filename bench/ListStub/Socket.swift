internal import Glibc

/// A TCP socket on 127.0.0.1 that one thread at a time uses, which blocks; it is closed when nobody has it any more.
final class Socket: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close(descriptor)
    }

    // MARK: Making

    /// A socket that listens on this port, or on a free one for 0. Throws `unavailable` where the port is taken.
    static func listen(on wanted: UInt16) throws(SocketError) -> (socket: Socket, port: UInt16) {
        let listener = try make()
        var yes: Int32 = 1
        setsockopt(listener.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(wanted)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener.descriptor, address, length) == 0, Glibc.listen(listener.descriptor, 1_024) == 0
                else { return errno }
                return getsockname(listener.descriptor, address, &length) == 0 ? 0 : errno
            }
        }
        guard code == 0 else {
            throw SocketError(
                code: .unavailable,
                description: "Port \(wanted) of 127.0.0.1 cannot be had (errno \(code)); --port 0 takes a free one.")
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// A connection to this port. Throws `gone` where nobody listens.
    static func connect(to port: UInt16) throws(SocketError) -> Socket {
        let socket = try make()
        var address = loopback(port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Self.gone }
        return socket
    }

    /// The next connection of a client. Throws `unavailable` once there are none any more.
    func accept() throws(SocketError) -> Socket {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 { return Socket(accepted) }
            // The process may have no descriptor left for a moment.
            guard errno == EMFILE || errno == ENFILE || errno == EINTR || errno == ECONNABORTED else {
                throw SocketError(code: .unavailable, description: "No connection can be accepted (errno \(errno)).")
            }
            poll(nil, 0, 5)
        }
    }

    private static func make() throws(SocketError) -> Socket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw SocketError(code: .unavailable, description: "There is no socket to be had (errno \(errno)).")
        }
        return Socket(descriptor)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return address
    }

    private static var gone: SocketError { SocketError(code: .gone, description: "The peer has gone.") }

    // MARK: Using

    /// What has arrived, into the buffer: how many bytes. Throws `gone` at the end.
    func receive(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return count }
            guard count < 0, errno == EINTR else { throw Self.gone }
        }
    }

    /// Sends all bytes; the system may keep them until more come where `more` do. Throws `gone`.
    func send(_ bytes: UnsafeRawBufferPointer, more: Bool) throws(SocketError) {
        var start = 0
        while start < bytes.count {
            let count = Glibc.send(
                descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start,
                Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.gone }
            start += count
        }
    }

    /// Whether the peer has gone within so many milliseconds.
    func isGone(within milliseconds: Int32) -> Bool {
        // POLLRDHUP, which the headers hide.
        var watched = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        return poll(&watched, 1, milliseconds) > 0
    }
}
