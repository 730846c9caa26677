import Glibc

/// Where a server listens: an IPv4 address and a port.
struct ProxyAddress: Sendable {
    let host: UInt32
    let port: UInt16

    static func loopback(port: UInt16) -> ProxyAddress { ProxyAddress(host: INADDR_LOOPBACK, port: port) }

    private init(host: UInt32, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `http://HOST:PORT`, perhaps with a slash at the end.
    init(endpoint: String) throws {
        let parts = endpoint.split(separator: "/").last?.split(separator: ":") ?? []
        var address = in_addr()
        guard endpoint.hasPrefix("http://"), parts.count == 2, let port = UInt16(parts[1]),
            inet_pton(AF_INET, parts[0] == "localhost" ? "127.0.0.1" : String(parts[0]), &address) == 1
        else { throw TestFailure("\(endpoint) is not http://ADDRESS:PORT, as a fault proxy needs it") }
        self.init(host: UInt32(bigEndian: address.s_addr), port: port)
    }

    /// Hands the address to a function of the socket interface.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = host.bigEndian
        address.sin_port = port.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
