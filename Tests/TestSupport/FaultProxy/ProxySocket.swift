import Glibc
import Synchronization

/// A socket that one thread uses, which blocks; `interrupt` may come from any other.
final class ProxySocket: Sendable {
    private let descriptor: Mutex<Int32>

    /// The peer has gone, or the proxy is stopped.
    struct Gone: Error {}

    private init(_ descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close()
    }

    // MARK: Making

    /// A socket that listens on this port of 127.0.0.1, or on a free one for 0.
    static func listen(at wanted: UInt16 = 0) throws -> (ProxySocket, port: UInt16) {
        let listener = try make()
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        if wanted > 0 {
            // Somebody may keep the port for us, bound and without listening.
            var reuses: Int32 = 1
            setsockopt(listener.number, SOL_SOCKET, SO_REUSEADDR, &reuses, socklen_t(MemoryLayout<Int32>.size))
        }
        let code = ProxyAddress.loopback(port: wanted).withSocketAddress { bind(listener.number, $0, $1) }
        guard code == 0, Glibc.listen(listener.number, 1024) == 0 else {
            throw TestFailure("no port for the fault proxy (errno \(errno))")
        }
        withUnsafeMutablePointer(to: &bound) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(listener.number, $0, &length)
            }
        }
        return (listener, UInt16(bigEndian: bound.sin_port))
    }

    /// A connection to a server. Throws `Gone` where nobody listens.
    static func connect(to address: ProxyAddress) throws -> ProxySocket {
        let socket = try make()
        guard address.withSocketAddress({ Glibc.connect(socket.number, $0, $1) }) == 0 else { throw Gone() }
        return socket
    }

    /// The next connection of a client; nil once interrupted.
    func accept() -> ProxySocket? {
        while true {
            let accepted = Glibc.accept(number, nil, nil)
            if accepted >= 0 { return ProxySocket(accepted) }
            // The process may have no descriptor left for a moment.
            guard errno == EMFILE || errno == ENFILE || errno == EINTR || errno == ECONNABORTED else { return nil }
            poll(nil, 0, 5)
        }
    }

    private static func make() throws -> ProxySocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("no socket for the fault proxy (errno \(errno))") }
        return ProxySocket(descriptor)
    }

    // MARK: Using

    /// What has arrived, at most 64 KiB; empty at the end.
    func receive() throws -> [UInt8] {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
            repeat { count = recv(number, buffer.baseAddress, buffer.count, 0) } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        guard count >= 0 else { throw Gone() }
        return bytes
    }

    /// Sends all bytes.
    func send(_ bytes: some Sequence<UInt8>) throws {
        guard try send(bytes, unlessAnswered: false) else { throw Gone() }
    }

    /// Sends all bytes; stops, and is false, when the peer says something or hangs up before it has taken them.
    func sendUnlessAnswered(_ bytes: some Sequence<UInt8>) throws -> Bool {
        try send(bytes, unlessAnswered: true)
    }

    private func send(_ bytes: some Sequence<UInt8>, unlessAnswered: Bool) throws -> Bool {
        let all = Array(bytes)
        var start = 0
        while start < all.count {
            let events = wait(for: Int16(POLLOUT) | (unlessAnswered ? Int16(POLLIN) : 0), nil)
            if unlessAnswered, events & Int16(POLLIN) != 0 { return false }
            let count = all.withUnsafeBytes { buffer in
                Glibc.send(
                    number, buffer.baseAddress?.advanced(by: start), all.count - start,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else {
                if unlessAnswered { return false }
                throw Gone()
            }
            start += count
        }
        return true
    }

    /// Whether it has something to read, be it the end.
    var isReadable: Bool { wait(for: Int16(POLLIN), .zero) != 0 }

    /// Waits so long, or until the peer has gone.
    func pause(_ duration: Duration) {
        // POLLRDHUP, which the headers hide.
        _ = wait(for: 0x2000, duration)
    }

    private func wait(for events: Int16, _ limit: Duration?) -> Int16 {
        var watched = pollfd(fd: number, events: events, revents: 0)
        let milliseconds = limit.map { Int32(clamping: Int64($0 / .milliseconds(1))) } ?? -1
        return poll(&watched, 1, milliseconds) > 0 ? watched.revents : 0
    }

    // MARK: Ending

    /// Ends the connection with a reset instead of its proper end, once the peer's system has all that was sent.
    func reset() {
        var unsent: Int32 = 0
        var turns = 0
        while ioctl(number, UInt(TIOCOUTQ), &unsent) == 0, unsent > 0, turns < 10_000 {
            turns += 1
            poll(nil, 0, 1)
        }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Says that nothing more comes, and reads what the peer still sends, until it ends the connection as well.
    func finish() {
        shutdown(number, Int32(SHUT_WR))
        waitUntilGone()
    }

    /// Reads and forgets until the peer ends the connection.
    func waitUntilGone() {
        while let bytes = try? receive(), !bytes.isEmpty {}
    }

    /// Wakes the thread, whatever it waits for; it finds the connection ended.
    func interrupt() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes it; only the thread that uses it may do that.
    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { _ = Glibc.close(descriptor) }
            descriptor = -1
        }
    }

    private var number: Int32 { descriptor.withLock { $0 } }
}
