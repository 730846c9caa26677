/// The addresses that are not of the public internet.
///
/// Source: IANA's registries of special-purpose addresses for IPv4 and IPv6, the manuals of cloud providers for `metadata`.
/// Of IPv6, only `2000::/3` is given out at all: the rest counts as reserved without a line of its own.
enum SpecialAddresses {
    /// One line: the block, and what it is for.
    typealias Line = (block: String, meaning: AddressClass)

    /// Single addresses at which clouds answer questions about their machines. Some lie outside of every block below.
    static let metadataServices = [
        // Amazon EC2, Azure, Google, OpenStack and most others; Amazon ECS; Amazon EKS.
        "169.254.169.254", "169.254.170.2", "169.254.170.23",
        // Amazon EC2; Amazon EKS; Google.
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
        // Azure's platform, Alibaba Cloud, Oracle Cloud of old.
        "168.63.129.16", "100.100.100.200", "192.0.0.192",
    ]

    /// Blocks of IPv4.
    static let ipv4: [Line] = [
        ("0.0.0.0/8", .unspecified),
        ("10.0.0.0/8", .privateUse),
        ("100.64.0.0/10", .shared),
        ("127.0.0.0/8", .loopback),
        ("169.254.0.0/16", .linkLocal),
        ("172.16.0.0/12", .privateUse),
        ("192.0.0.0/24", .protocolAssignment),
        ("192.0.2.0/24", .documentation),
        ("192.31.196.0/24", .protocolAssignment),
        ("192.52.193.0/24", .protocolAssignment),
        ("192.88.99.0/24", .transition),
        ("192.168.0.0/16", .privateUse),
        ("192.175.48.0/24", .protocolAssignment),
        ("198.18.0.0/15", .documentation),
        ("198.51.100.0/24", .documentation),
        ("203.0.113.0/24", .documentation),
        ("224.0.0.0/4", .multicast),
        ("255.255.255.255/32", .multicast),
        ("240.0.0.0/4", .reserved),
    ]

    /// Blocks of IPv6; the first one that contains an address counts.
    static let ipv6: [Line] = [
        ("::/128", .unspecified),
        ("::1/128", .loopback),
        ("::/96", .transition),
        ("::ffff:0:0:0/96", .transition),
        ("64:ff9b:1::/48", .transition),
        ("100::/64", .protocolAssignment),
        ("100:0:0:1::/64", .protocolAssignment),
        ("2001::/32", .transition),
        ("2001:2::/48", .documentation),
        ("2001:10::/28", .protocolAssignment),
        ("2001:20::/28", .protocolAssignment),
        ("2001::/23", .protocolAssignment),
        ("2001:db8::/32", .documentation),
        ("2002::/16", .transition),
        ("2620:4f:8000::/48", .protocolAssignment),
        ("3fff::/20", .documentation),
        ("5f00::/16", .protocolAssignment),
        ("fc00::/7", .privateUse),
        ("fe80::/10", .linkLocal),
        ("fec0::/10", .privateUse),
        ("ff00::/8", .multicast),
    ]

    /// What is given out of IPv6.
    static let globalUnicast = "2000::/3"

    /// Addresses of IPv6 whose last four bytes are the IPv4 address that is really meant: mapped ones, and those that a
    /// NAT64 translates (RFC 4291, 2.5.5.2; RFC 6052, 2.1).
    static let embedding = ["::ffff:0:0/96", "64:ff9b::/96"]
}
