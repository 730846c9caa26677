/// The instant at which something is signed: a whole second in the years 1970 to 9999, UTC.
public struct SigningTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// Throws `invalidTime` for an instant before 1970 or after 9999.
    public init(seconds: Int64) throws(SigningError) {
        guard (0...Self.last).contains(seconds) else {
            throw SigningError(.invalidTime, "second \(seconds) since 1970 is not in the years 1970 to 9999")
        }
        self.seconds = seconds
    }

    init(checked seconds: Int64) { self.seconds = seconds }

    /// Reads the form of `x-amz-date`: `20130524T000000Z`. Nil for anything else, leap seconds included.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            bytes[range].reduce(0) { sum, byte in
                guard let sum, (0x30...0x39).contains(byte) else { return nil }
                return sum * 10 + Int(byte - 0x30)
            }
        }
        guard let year = number(0..<4), let month = number(4..<6), let dayOfMonth = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            hour < 24, minute < 60, second < 60, let day = SigningDay(year: year, month: month, day: dayOfMonth)
        else { return nil }
        seconds = day.start.seconds + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static let last: Int64 = 253_402_300_799

    /// The UTC day that it lies in.
    public var day: SigningDay { SigningDay(checked: Int(seconds / 86_400)) }

    /// Earlier than.
    public static func < (left: SigningTime, right: SigningTime) -> Bool { left.seconds < right.seconds }

    /// Hour, minute and second of its day.
    private var clock: (hour: Int, minute: Int, second: Int) {
        let second = Int(seconds % 86_400)
        return (second / 3_600, second / 60 % 60, second % 60)
    }

    /// As POST policies have it: `2013-05-24T00:00:00Z`.
    public var iso8601: String {
        var writer = ByteWriter(capacity: 24)
        let date = day.civil
        let time = clock
        writer.append(date.year, digits: 4)
        for (separator, number) in [("-", date.month), ("-", date.day), ("T", time.hour), (":", time.minute)] {
            writer.append(separator)
            writer.append(number, digits: 2)
        }
        writer.append(":")
        writer.append(time.second, digits: 2)
        writer.append("Z")
        return writer.string()
    }

    /// Writes the form of `x-amz-date`.
    func write(to writer: inout ByteWriter) {
        let time = clock
        writer.append(day)
        writer.append(UInt8(ascii: "T"))
        writer.append(time.hour, digits: 2)
        writer.append(time.minute, digits: 2)
        writer.append(time.second, digits: 2)
        writer.append(UInt8(ascii: "Z"))
    }
}

extension SigningTime: CustomStringConvertible {
    /// The form of `x-amz-date`: `20130524T000000Z`.
    public var description: String {
        var writer = ByteWriter(capacity: 16)
        write(to: &writer)
        return writer.string()
    }
}
