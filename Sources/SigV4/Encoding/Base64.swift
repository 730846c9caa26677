/// Base64 with padding and without line breaks (RFC 4648 section 4).
public enum Base64 {
    /// Four characters for each three bytes begun.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
            var written = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let rest = bytes.count - start
                let second = rest > 1 ? bytes[start + 1] : 0
                let third = rest > 2 ? bytes[start + 2] : 0
                output[written] = character(bytes[start] >> 2)
                output[written + 1] = character((bytes[start] & 3) << 4 | second >> 4)
                output[written + 2] = rest > 1 ? character((second & 15) << 2 | third >> 6) : padding
                output[written + 3] = rest > 2 ? character(third & 63) : padding
                written += 4
            }
            return written
        }
    }

    private static let padding = UInt8(ascii: "=")

    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + UInt8(ascii: "A")
        case 26..<52: value - 26 + UInt8(ascii: "a")
        case 52..<62: value - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
