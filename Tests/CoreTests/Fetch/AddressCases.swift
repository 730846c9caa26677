import Core

/// Addresses, and what they are.
enum AddressCases {
    /// First and last address of what must be refused, and what it is. Written out on its own, not taken from the table.
    static let refused: [(String, String, AddressClass)] = [
        ("0.0.0.0", "0.255.255.255", .unspecified),
        ("10.0.0.0", "10.255.255.255", .privateUse),
        ("100.64.0.0", "100.127.255.255", .shared),
        ("127.0.0.0", "127.255.255.255", .loopback),
        ("169.254.0.0", "169.254.255.255", .linkLocal),
        ("172.16.0.0", "172.31.255.255", .privateUse),
        ("192.0.0.0", "192.0.0.255", .protocolAssignment),
        ("192.0.2.0", "192.0.2.255", .documentation),
        ("192.88.99.0", "192.88.99.255", .transition),
        ("192.168.0.0", "192.168.255.255", .privateUse),
        ("198.18.0.0", "198.19.255.255", .documentation),
        ("198.51.100.0", "198.51.100.255", .documentation),
        ("203.0.113.0", "203.0.113.255", .documentation),
        ("224.0.0.0", "239.255.255.255", .multicast),
        ("240.0.0.0", "255.255.255.254", .reserved),
        ("255.255.255.255", "255.255.255.255", .multicast),
        ("::", "::", .unspecified),
        ("::1", "::1", .loopback),
        ("::2", "::ffff:ffff", .transition),
        ("::ffff:0:0:0", "::ffff:0:ffff:ffff", .transition),
        ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .transition),
        ("100::", "100::ffff:ffff:ffff:ffff", .protocolAssignment),
        ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", .transition),
        ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", .documentation),
        ("2001:10::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .transition),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        ("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .reserved),
        ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .privateUse),
        ("fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .reserved),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .linkLocal),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .privateUse),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .multicast),
    ]

    static let metadata = [
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "168.63.129.16", "100.100.100.200", "192.0.0.192",
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
    ]

    /// Neighbours of what is refused, and well-known hosts.
    static let permitted = [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
        "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "8.8.8.8",
        "168.63.129.15", "168.63.129.17", "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::",
        "2606:4700:4700::1111", "2a00:1450:4001:813::200e", "3ffe:ffff::", "3fff:1000::",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    ]

    /// The ends of those of IPv4.
    static let refusedIPv4 = refused.filter { !$0.0.contains(":") }.flatMap { [$0.0, $0.1] }
}
