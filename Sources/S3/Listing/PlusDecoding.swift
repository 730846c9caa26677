/// The encoding of keys in listings with `encoding-type=url`: percent-encoding in which `+` is a space.
enum PlusDecoding {
    /// Decodes in place and gives the new length; nil where a `%` is not followed by two hexadecimal digits.
    static func decode(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        var end = 0
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "+") {
                byte = 0x20
            } else if byte == UInt8(ascii: "%") {
                guard index + 1 < bytes.count, let high = value(bytes[index]), let low = value(bytes[index + 1]) else {
                    return nil
                }
                byte = high << 4 | low
                index += 2
            }
            bytes[end] = byte
            end += 1
        }
        return end
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
