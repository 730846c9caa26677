#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An IP address with a port.
public struct SocketAddress: Sendable, Hashable {
    /// The host.
    public var address: IPAddress
    /// The TCP port.
    public var port: UInt16

    /// An address with its port.
    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads the system's `sockaddr`; nil when it is neither IPv4 nor IPv6, or too short.
    init?(family: Int32, bytes: UnsafeRawBufferPointer) {
        switch family {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            let raw = bytes.loadUnaligned(as: sockaddr_in.self)
            guard let address = withUnsafeBytes(of: raw.sin_addr, { IPAddress(bytes: $0) }) else { return nil }
            self.init(address: address, port: UInt16(bigEndian: raw.sin_port))
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            let raw = bytes.loadUnaligned(as: sockaddr_in6.self)
            guard let address = withUnsafeBytes(of: raw.sin6_addr, { IPAddress(bytes: $0) }) else { return nil }
            self.init(address: address, port: UInt16(bigEndian: raw.sin6_port))
        default:
            return nil
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `192.0.2.1:443` or `[2001:db8::1]:443`.
    public var description: String {
        address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}
