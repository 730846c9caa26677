/// Why an address is not one of the public internet.
public enum AddressClass: String, Hashable, Sendable, CaseIterable {
    /// This machine (RFC 1122, RFC 4291).
    case loopback
    /// Nobody's, or "this network" (RFC 1122, RFC 4291): systems take it for this machine.
    case unspecified
    /// A site's own (RFC 1918, RFC 4193, and RFC 3879's of old).
    case privateUse
    /// A link's own (RFC 3927, RFC 4291).
    case linkLocal
    /// Behind a provider's translator (RFC 6598).
    case shared
    /// A service that tells machines of a cloud about themselves, credentials included.
    case metadata
    /// Many at once, or all (RFC 1112, RFC 919, RFC 4291).
    case multicast
    /// For protocols between routers, translators and the like (RFC 6890, RFC 5180).
    case protocolAssignment
    /// For documents and measurements (RFC 5737, RFC 3849, RFC 9637, RFC 2544, RFC 5180).
    case documentation
    /// IPv6 that carries an IPv4 address to a translator or through a tunnel (RFC 3056, RFC 4380, RFC 4291, RFC 8215).
    case transition
    /// Given to nobody.
    case reserved
}
