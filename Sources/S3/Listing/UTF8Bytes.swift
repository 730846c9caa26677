/// Well-formed UTF-8 (Unicode 15, table 3-7).
enum UTF8Bytes {
    /// Whether all of it is.
    static func areValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
            } else {
                guard let (_, length) = scalar(bytes, at: index) else { return false }
                index += length
            }
        }
        return true
    }

    /// The code point that begins at `index`, and its length; nil where it is not well-formed.
    static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int)? {
        let first = UInt32(bytes[index])
        let length: Int
        let minimum: UInt32
        var value: UInt32
        switch first {
        case 0..<0x80: return (first, 1)
        case 0xC2...0xDF: (length, minimum, value) = (2, 0x80, first & 0x1F)
        case 0xE0...0xEF: (length, minimum, value) = (3, 0x800, first & 0x0F)
        case 0xF0...0xF4: (length, minimum, value) = (4, 0x1_0000, first & 0x07)
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for offset in 1..<length {
            let byte = bytes[index + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= minimum, value <= 0x10_FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
        return (value, length)
    }
}
