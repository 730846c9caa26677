/// How keys are written in a page.
enum Escaping {
    /// Appends bytes as `encoding-type=url` has them: what is not unreserved or a slash as %XX, a space as plus.
    static func appendURL(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x2f, 0x5f, 0x7e: bytes.append(byte)
            case 0x20: bytes.append(0x2b)
            default:
                bytes.append(0x25)
                for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
            }
        }
    }

    /// Appends bytes of UTF-8 as text of XML; a question mark for each character that XML cannot hold.
    static func appendXML(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case 0x26: bytes.append("&amp;")
            case 0x3c: bytes.append("&lt;")
            case 0x3e: bytes.append("&gt;")
            case 0x00...0x08, 0x0b...0x1f, 0x7f: bytes.append(0x3f)
            default: bytes.append(byte)
            }
        }
    }

    /// What a piece of a query means: %XX, and plus for a space. Nil for a percent sign without two hexadecimal digits.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            if byte == 0x25 {
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                decoded.append(high << 4 | low)
            } else {
                decoded.append(byte == 0x2b ? 0x20 : byte)
            }
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
