extension [UInt8] {
    /// Appends the UTF-8 of a text.
    mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }

    /// Appends the lower `digits` hexadecimal digits of a number.
    mutating func append(hex number: UInt64, digits: Int) {
        for place in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(place)) & 15
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    /// Appends a number of at least so many digits; not negative.
    mutating func append(decimal number: Int, digits: Int = 1) {
        let start = count
        var rest = number
        repeat {
            append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || count - start < digits
        self[start...].reverse()
    }
}
