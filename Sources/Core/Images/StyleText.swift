/// Style sheets as browsers read them: without comments, escapes replaced, in lower case. Source: CSS Syntax Level 3, 4.3.
enum StyleText {
    static func plain(_ style: [UInt8]) -> String {
        guard style.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }) else {
            return String(decoding: style, as: UTF8.self).lowercased()
        }
        var plain: [UInt8] = []
        var index = 0
        while index < style.count {
            if style[index...].starts(with: "/*".utf8) {
                index += 2
                while index < style.count, !style[index...].starts(with: "*/".utf8) { index += 1 }
                index += 2
            } else if style[index] == UInt8(ascii: "\\") {
                index += 1
                escape(style, &index, into: &plain)
            } else {
                plain.append(style[index])
                index += 1
            }
        }
        return String(decoding: plain, as: UTF8.self).lowercased()
    }

    /// Replaces an escape: up to six hexadecimal digits and a space, or any other character as it is.
    private static func escape(_ style: [UInt8], _ index: inout Int, into plain: inout [UInt8]) {
        var code: UInt32 = 0
        var digits = 0
        while index < style.count, digits < 6, let digit = Character(Unicode.Scalar(style[index])).hexDigitValue {
            code = code << 4 | UInt32(digit)
            digits += 1
            index += 1
        }
        if digits > 0 {
            plain += Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
            if index < style.count, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(style[index]) { index += 1 }
        } else if index < style.count {
            if style[index] != 0x0A { plain.append(style[index]) }
            index += 1
        }
    }
}
