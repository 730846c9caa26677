/// Percent-encoding as Signature Version 4 wants it: every byte of the UTF-8 except the unreserved characters of
/// RFC 3986 (`A`–`Z`, `a`–`z`, `0`–`9`, `-`, `.`, `_`, `~`), with upper-case digits; a space is `%20`, never `+`.
///
/// Source: "Create a signed AWS API request", UriEncode().
public enum PercentEncoding {
    /// What stays as it is.
    public enum Rule: Sendable {
        /// Unreserved characters only: query names and values, path segments.
        case component
        /// Unreserved characters and `/`: whole paths.
        case path
    }

    /// The encoded text.
    public static func encode(_ text: String, _ rule: Rule = .component) -> String {
        var writer = ByteWriter(capacity: 3 * text.utf8.count)
        writer.append(encoding: text, rule)
        return writer.string()
    }

    /// The encoded bytes.
    public static func encode(_ bytes: [UInt8], _ rule: Rule = .component) -> String {
        var writer = ByteWriter(capacity: 3 * bytes.count)
        bytes.withUnsafeBufferPointer { writer.append(encoding: $0, rule) }
        return writer.string()
    }

    /// The bytes that an encoded text stands for; `+` stands for itself. Nil if a `%` is not followed by two digits.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(Hex.value), let low = rest.next().flatMap(Hex.value) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// Whether a byte stays as it is: a look-up in a table of 128 bits.
    @inline(__always)
    static func keeps(_ byte: UInt8, _ rule: Rule) -> Bool {
        let table = byte < 64 ? (rule == .path ? digits | slash : digits) : letters
        return byte < 128 && table >> UInt64(byte & 63) & 1 == 1
    }

    // Bit n stands for byte n: "-", "." and "0" to "9".
    private static var digits: UInt64 { 0x03ff_6000_0000_0000 }
    private static var slash: UInt64 { 1 << 47 }
    // Bit n stands for byte 64 + n: "A" to "Z", "_", "a" to "z" and "~".
    private static var letters: UInt64 { 0x47ff_fffe_87ff_fffe }
}
