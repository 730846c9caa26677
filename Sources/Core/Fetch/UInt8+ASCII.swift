extension UInt8 {
    /// Whether it is `0` to `9`.
    var isDigit: Bool { (0x30...0x39).contains(self) }

    /// Whether it is `A` to `Z` or `a` to `z`.
    var isLetter: Bool { (0x41...0x5A).contains(self & 0xDF) }

    /// Whether it is a hexadecimal digit, in either case.
    var isHexDigit: Bool { isDigit || (0x41...0x46).contains(self & 0xDF) }
}
