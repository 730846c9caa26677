import Glibc
import Synchronization

/// One connection of a scripted server, used by the script on its thread. It blocks, for twenty seconds at most.
public final class ServerConnection: Sendable {
    /// 1 for the server's first.
    public let number: Int
    private let state: Mutex<State>
    private let sentCount = Atomic<Int>(0)

    private struct State {
        var descriptor: Int32
        var unread: [UInt8] = []
    }

    /// The client has closed the connection, or it broke.
    public struct Gone: Error {}

    init(_ descriptor: Int32, number: Int) {
        self.number = number
        state = Mutex(State(descriptor: descriptor))
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// How many bytes the system has taken.
    public var sentBytes: Int { sentCount.load(ordering: .relaxed) }

    // MARK: Reading

    /// The next request with its body; nil when the client has closed the connection.
    public func readRequest() throws -> ServedRequest? {
        guard let head = try readHead() else { return nil }
        var request = ServedRequest(head: head)
        if let length = request["content-length"].flatMap({ Int($0) }) {
            request.body = try read(count: length)
        } else if request["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(try readLine(), radix: 16) ?? 0
                request.body += try read(count: size)
                _ = try readLine()
                if size == 0 { break }
            }
        }
        return request
    }

    /// Request line and headers, as they came; nil when the client has closed the connection.
    public func readHead() throws -> String? {
        var head: [UInt8] = []
        while !head.ends(with: Array("\r\n\r\n".utf8)) {
            guard let byte = try next() else { return nil }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// So many bytes.
    public func read(count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            if hasNothingUnread, try !fill() { throw Gone() }
            state.withLock { state in
                let taken = min(count - bytes.count, state.unread.count)
                bytes += state.unread.prefix(taken)
                state.unread.removeFirst(taken)
            }
        }
        return bytes
    }

    /// Reads and forgets what comes until the client closes the connection.
    public func waitUntilClosed() {
        while (try? fill()) == true { state.withLock { $0.unread.removeAll() } }
    }

    private func readLine() throws -> String {
        var line: [UInt8] = []
        while let byte = try next(), byte != 10 { line.append(byte) }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    private func next() throws -> UInt8? {
        if hasNothingUnread, try !fill() { return nil }
        return state.withLock { $0.unread.removeFirst() }
    }

    private var hasNothingUnread: Bool { state.withLock(\.unread.isEmpty) }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Gone() }
        state.withLock { $0.unread += buffer.prefix(count) }
        return count > 0
    }

    // MARK: Writing

    /// Sends a text.
    public func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) throws {
        var start = 0
        let noSignal = Int32(MSG_NOSIGNAL)
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(descriptor, buffer.baseAddress?.advanced(by: start), bytes.count - start, noSignal)
            }
            guard count > 0 else { throw Gone() }
            start += count
            sentCount.add(count, ordering: .relaxed)
        }
    }

    /// Whether nothing more can be sent for so long.
    public func isFull(for limit: Duration) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&watched, 1, Int32(limit / .milliseconds(1))) == 0
    }

    // MARK: Ending

    /// Ends the connection with a reset instead of its proper end.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        end()
    }

    /// Closes the connection.
    public func end() {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
        }
    }

    /// Wakes the script, whatever it waits for; it finds the connection closed.
    public func interrupt() {
        state.withLock { state in
            if state.descriptor >= 0 { shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private var descriptor: Int32 { state.withLock(\.descriptor) }
}

extension [UInt8] {
    fileprivate func ends(with end: [UInt8]) -> Bool {
        count >= end.count && suffix(end.count).elementsEqual(end)
    }
}
