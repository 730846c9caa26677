/// Dates and times of the Gregorian calendar in UTC, as XML and HTTP write them.
public enum CivilTime {
    /// Reads `2009-10-12T17:50:30.123456Z`: microseconds since 1970. Digits behind the sixth are cut off.
    ///
    /// Nil for anything else, other time zones included. Source: XML Schema, dateTime; ISO 8601.
    public static func microseconds(iso8601 text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count >= 20, text.count <= 40, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
            let hour = number(text, 11, 2), let minute = number(text, 14, 2), let second = number(text, 17, 2),
            let seconds = seconds(year, month, day, hour, minute, second)
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if text[index] == UInt8(ascii: ".") {
            index += 1
            var unit: Int64 = 100_000
            let start = index
            while index < text.count, let digit = digit(text[index]) {
                fraction += Int64(digit) * unit
                unit /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard isUTC(text, index) else { return nil }
        return seconds * 1_000_000 + fraction
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`: seconds since 1970. Nil for anything else, the obsolete forms included.
    ///
    /// Source: RFC 9110, 5.6.7.
    static func seconds(httpDate text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", let day = number(words[1], 2),
            let month = months.firstIndex(of: String(words[2])), let year = number(words[3], 4)
        else { return nil }
        let parts = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0], 2), let minute = number(parts[1], 2),
            let second = number(parts[2], 2)
        else { return nil }
        return seconds(year, month + 1, day, hour, minute, second)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func isUTC(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        switch text.count - index {
        case 1: text[index] == UInt8(ascii: "Z")
        case 6: text[index...].elementsEqual("+00:00".utf8)
        default: false
        }
    }

    /// Counted in years that begin in March, so that the leap day comes last. A leap second is the one after it.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func seconds(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int
    ) -> Int64? {
        guard year >= 1, (1...12).contains(month), day >= 1, day <= length(month, year), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static func length(_ month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var number = 0
        for index in start..<start + count {
            guard let digit = digit(text[index]) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private static func number(_ text: Substring, _ count: Int) -> Int? {
        guard text.utf8.count == count else { return nil }
        var number = 0
        for byte in text.utf8 {
            guard let digit = digit(byte) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (0x30...0x39).contains(byte) ? Int(byte - 0x30) : nil
    }
}
