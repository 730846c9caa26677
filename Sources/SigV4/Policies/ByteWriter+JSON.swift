extension ByteWriter {
    /// Appends a JSON string in printable ASCII: what is not is written as `\uXXXX`, in UTF-16.
    mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22: append("\\\"")
            case 0x5c: append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0a: append("\\n")
            case 0x0c: append("\\f")
            case 0x0d: append("\\r")
            case 0x20..<0x7f: append(UInt8(truncatingIfNeeded: unit))
            default:
                append("\\u")
                for shift: UInt16 in [12, 8, 4, 0] {
                    append(Hex.digit(UInt8(truncatingIfNeeded: unit >> shift & 15)))
                }
            }
        }
        append(UInt8(ascii: "\""))
    }
}
