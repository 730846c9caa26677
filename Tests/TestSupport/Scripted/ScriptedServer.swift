import Glibc
import Synchronization

/// A server on 127.0.0.1 that does exactly what a test says, one thread a connection.
///
/// The script gets each connection, which is closed when it returns or throws. Everything is closed with the server.
public final class ScriptedServer: Sendable {
    /// What is done with a connection.
    public typealias Script = @Sendable (ServerConnection) throws -> Void

    /// The port it listens at.
    public let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var accepted = 0
        var open: [ServerConnection] = []
        var mostOpen = 0
        var isStopped = false
    }

    /// A server at a port of the system's choice.
    public init(backlog: Int32 = 1024, _ script: @escaping Script) throws {
        (listener, port) = try Self.listen(backlog: backlog)
        let (listener, state) = (listener, Unowned(self))
        startThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard let server = state.value, !server.isStopped else {
                    if descriptor >= 0 { close(descriptor) }
                    // By whoever waits at it: its number may be another server's as soon as it is closed.
                    close(listener)
                    return
                }
                guard descriptor >= 0 else {
                    // The process may have no descriptor left for a moment.
                    poll(nil, 0, 5)
                    continue
                }
                server.serve(descriptor, script)
            }
        }
    }

    /// A server that answers each request of each connection, for as long as the client likes.
    public static func answering(_ answer: @escaping @Sendable (ServedRequest) -> String) throws -> ScriptedServer {
        try ScriptedServer { connection in
            while let request = try connection.readRequest() { try connection.send(answer(request)) }
        }
    }

    deinit { stop() }

    /// Ends all connections and takes no more.
    public func stop() {
        let open = state.withLock { state -> [ServerConnection]? in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            return state.open
        }
        // Once: afterwards the number may be another's.
        guard let open else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in open { connection.interrupt() }
    }

    /// `http://127.0.0.1:port`.
    public var origin: String { "http://127.0.0.1:\(port)" }

    /// How many connections there were.
    public var acceptedConnections: Int { state.withLock(\.accepted) }

    /// How many connections there are.
    public var openConnections: Int { state.withLock(\.open.count) }

    /// How many connections there were at the same time.
    public var mostOpenConnections: Int { state.withLock(\.mostOpen) }

    private var isStopped: Bool { state.withLock(\.isStopped) }

    private func serve(_ descriptor: Int32, _ script: @escaping Script) {
        let connection = state.withLock { state -> ServerConnection? in
            guard !state.isStopped else { return nil }
            state.accepted += 1
            let connection = ServerConnection(descriptor, number: state.accepted)
            state.open.append(connection)
            state.mostOpen = max(state.mostOpen, state.open.count)
            return connection
        }
        guard let connection else {
            close(descriptor)
            return
        }
        let server = Unowned(self)
        startThread {
            try? script(connection)
            server.value?.state.withLock { state in state.open.removeAll { $0 === connection } }
            connection.end()
        }
    }

    /// A socket that listens at a port of the system's choice.
    public static func listen(backlog: Int32) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && Glibc.listen(descriptor, backlog) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw TestFailure("no socket to listen at (errno \(errno))") }
        // For its connections: what is left of them must not keep the port from a `ClosedPort`.
        var reuses: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuses, socklen_t(MemoryLayout<Int32>.size))
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// A reference that does not keep its object, for the server's threads.
private final class Unowned: Sendable {
    private let reference: Mutex<Weak>

    private struct Weak {
        weak var server: ScriptedServer?
    }

    init(_ server: ScriptedServer) {
        reference = Mutex(Weak(server: server))
    }

    var value: ScriptedServer? { reference.withLock { $0.server } }
}

/// Runs `body` on a thread that may block.
private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 256 << 10)
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { box in
        if let box { Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body() }
        return nil
    }
    if pthread_create(&thread, &attributes, run, box) != 0 { Unmanaged<Box>.fromOpaque(box).release() }
    pthread_attr_destroy(&attributes)
}
