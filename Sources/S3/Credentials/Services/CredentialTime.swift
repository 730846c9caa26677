internal import SigV4

/// Reads the times that services and programs print (RFC 3339).
enum CredentialTime {
    /// `2026-11-21T10:00:00Z`, also with a fraction, which is dropped, or with an offset such as `+02:00`. Nil for all else.
    static func parse(_ text: String) -> SigningTime? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), [0x54, 0x74, 0x20].contains(bytes[10])
        else { return nil }
        let date = bytes[0..<4] + bytes[5..<7] + bytes[8..<10]
        let clock = bytes[11..<13] + bytes[14..<16] + bytes[17..<19]
        guard
            let local = SigningTime(
                String(decoding: date, as: UTF8.self) + "T" + String(decoding: clock, as: UTF8.self) + "Z"),
            let offset = offset(bytes[19...])
        else { return nil }
        return try? SigningTime(seconds: local.seconds - offset)
    }

    /// Seconds east of Greenwich, of what follows the seconds.
    private static func offset(_ rest: ArraySlice<UInt8>) -> Int64? {
        var rest = rest
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let sign = rest.first else { return nil }
        if rest.count == 1 { return sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") ? 0 : nil }
        let digits = rest.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), digits.count == 4, rest.count <= 6,
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        guard number / 100 < 24, number % 100 < 60 else { return nil }
        return (number / 100 * 3_600 + number % 100 * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
}
