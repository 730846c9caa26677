import Dispatch
import Glibc
import Synchronization

/// A proxy on 127.0.0.1 in front of one HTTP/1.1 server, which does to each request what a test wants.
///
/// ```swift
/// let proxy = try FaultProxy(upstream: server.endpoint) { request in
///     request.number == 2 ? .status(503) : .none
/// }
/// let client = … server.reached(at: proxy.origin) …
/// #expect(proxy.count { $0.method == "PUT" } == 2)
/// ```
///
/// Heads pass byte for byte, `Host` included, so signatures made for `origin` stay valid where the server takes any host.
/// Only `Expect` is answered here and not passed on. Bodies of any size and framing pass in pieces; connections are kept
/// alive on both sides. Everything blocks on threads of its own, and stops when the last reference to the proxy goes.
public final class FaultProxy: Sendable {
    /// How many connections are served at a time; further ones wait.
    public static let mostConnections = 256

    /// The port on 127.0.0.1.
    public let port: UInt16
    private let listener: ProxySocket
    private let state: ProxyState

    /// Starts a proxy before `http://HOST:PORT`, where the host is an IPv4 address or `localhost`; at a free port, or at this
    /// one, such as that of a `ClosedPort`.
    ///
    /// `choose` is called once for each request, when its head has arrived, on the thread of its connection.
    public init(
        upstream endpoint: String, port wanted: UInt16 = 0,
        choose: @escaping @Sendable (Request) -> Fault = { _ in .none }
    ) throws {
        let upstream = try ProxyAddress(endpoint: endpoint)
        (listener, port) = try ProxySocket.listen(at: wanted)
        state = ProxyState()
        let (listener, state) = (listener, state)
        // Counted up from zero: a semaphore may not be given up below the value that it began with.
        let slots = DispatchSemaphore(value: 0)
        for _ in 0..<Self.mostConnections { slots.signal() }
        try startProxyThread {
            while true {
                slots.wait()
                guard let client = listener.accept(), state.open(client) else { return }
                do {
                    try startProxyThread {
                        ProxyConnection(client, upstream, state, choose).serve()
                        state.closed(client)
                        slots.signal()
                    }
                } catch {
                    state.closed(client)
                    slots.signal()
                }
            }
        }
    }

    deinit {
        stop()
    }

    /// `http://127.0.0.1:port`.
    public var origin: String { "http://127.0.0.1:\(port)" }

    /// All requests until now, in the order of their numbers.
    public var requests: [Request] { state.requests }

    /// How many requests until now are such.
    public func count(where isCounted: (Request) -> Bool = { _ in true }) -> Int {
        requests.count(where: isCounted)
    }

    /// How many connections clients have made until now.
    public var acceptedConnections: Int { state.accepted }

    /// How many connections of clients there are.
    public var openConnections: Int { state.openCount }

    /// Ends all connections, at whatever point they are, and takes no more. May be called again.
    public func stop() {
        listener.interrupt()
        state.stop()
    }
}
