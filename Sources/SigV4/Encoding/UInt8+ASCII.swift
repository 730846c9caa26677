extension UInt8 {
    /// The small letter for a capital one; anything else as it is.
    @inline(__always)
    var asciiLowercased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }

    /// Whether it may be part of a token: a method or header name (RFC 9110 section 5.6.2).
    var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x5e...0x7a: true  // digits, capitals, ^ _ ` and small letters
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x7c, 0x7e: true  // ! # $ % & ' * + - . | ~
        default: false
        }
    }
}
