import Glibc

/// A port of 127.0.0.1 at which nobody listens, and that nobody else gets as long as this lives: connecting is refused.
public final class ClosedPort: Sendable {
    /// Its number.
    public let number: UInt16
    private let descriptor: Int32

    /// Takes any, or this one, which a server has just left.
    public init(_ wanted: UInt16 = 0) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var reuses: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuses, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_port = wanted.bigEndian
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Bound, never listened on.
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        number = UInt16(bigEndian: address.sin_port)
        guard isBound else { throw TestFailure("no port could be taken: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }
}
