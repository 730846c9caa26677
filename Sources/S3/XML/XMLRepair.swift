/// Makes XML of what servers write instead of it when a text has characters that XML 1.0 cannot carry.
///
/// Ceph RGW writes `&#x01;` into the continuation token and the echo of `start-after` of a page, whose keys it
/// percent-encodes; other servers write the byte itself. Each such character becomes a placeholder, from which
/// `restore` makes it again.
struct XMLRepair {
    /// The document with placeholders.
    let document: [UInt8]
    /// The second of the three bytes that a placeholder has: 64 code points of U+E000 to U+EFFF that the document did not
    /// have before.
    private let block: UInt8

    /// Nil where the document has no such characters, or anything in which `&` does not begin a reference (comments, CDATA,
    /// a DOCTYPE).
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let block = Self.freeBlock(bytes) else { return nil }
        var repaired: [UInt8] = []
        repaired.reserveCapacity(bytes.count + 64)
        var count = 0
        var index = 0
        while index < bytes.count {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if bytes[index] == UInt8(ascii: "<"), next == UInt8(ascii: "!") { return nil }
            if let (placeholder, length) = Self.illegal(bytes, at: index) {
                repaired += [0xEE, block, 0x80 + placeholder]
                count += 1
                index += length
            } else {
                repaired.append(bytes[index])
                index += 1
            }
        }
        guard count > 0 else { return nil }
        document = repaired
        self.block = block
    }

    /// A text of the repaired document with its placeholders resolved.
    func restore(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var restored: [UInt8] = []
        restored.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if index + 2 < text.count, text[index] == 0xEE, text[index + 1] == block {
                let number = text[index + 2] & 0x3F
                restored += number < 0x20 ? [number] : [0xEF, 0xBF, 0x80 | number]
                index += 3
            } else {
                restored.append(text[index])
                index += 1
            }
        }
        return restored
    }

    private static func freeBlock(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt8? {
        // Bit n stands for the block with the second byte 0x80 + n.
        var used: UInt64 = 0
        for index in bytes.indices.dropLast() where bytes[index] == 0xEE {
            used |= 1 << UInt64(bytes[index + 1] & 0x3F)
        }
        return used == .max ? nil : 0x80 + UInt8((~used).trailingZeroBitCount)
    }

    /// The number of the placeholder for what is at `index`, and how long that is.
    private static func illegal(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt8, Int)? {
        let byte = bytes[index]
        if byte < 0x20 { return number(UInt32(byte)).map { ($0, 1) } }
        if byte == 0xEF, let (value, length) = UTF8Bytes.scalar(bytes, at: index) {
            return number(value).map { ($0, length) }
        }
        guard byte == UInt8(ascii: "&"), let (value, length) = reference(bytes, at: index) else { return nil }
        return number(value).map { ($0, length) }
    }

    /// XML 1.0, 2.2, without NUL, which no key has.
    private static func number(_ value: UInt32) -> UInt8? {
        switch value {
        case 0x09, 0x0A, 0x0D: nil
        case 0x01...0x1F: UInt8(value)
        case 0xFFFE: 0x3E
        case 0xFFFF: 0x3F
        default: nil
        }
    }

    private static func reference(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int)? {
        // No reference to such a character needs more: `&#x0000FFFE;`.
        let text = bytes[index..<min(bytes.count, index + 12)]
        guard text.starts(with: "&#".utf8), let end = text.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let digits = text[(index + 2)..<end]
        let isHex = digits.first == UInt8(ascii: "x")
        let number = String(decoding: isHex ? digits.dropFirst() : digits, as: UTF8.self)
        guard number.first != "+", number.first != "-", let value = UInt32(number, radix: isHex ? 16 : 10) else {
            return nil
        }
        return (value, end + 1 - index)
    }
}
