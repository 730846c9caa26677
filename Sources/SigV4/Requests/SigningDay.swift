/// A UTC day from 1970-01-01 to 9999-12-31: what a signing key is valid for.
public struct SigningDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int

    /// The last day that eight digits can name: 9999-12-31.
    public static let last = SigningDay(checked: 2_932_896)

    /// Throws `invalidTime` for a day before 1970 or after 9999.
    public init(number: Int) throws(SigningError) {
        guard (0...Self.last.number).contains(number) else {
            throw SigningError(.invalidTime, "day \(number) since 1970 is not in the years 1970 to 9999")
        }
        self.number = number
    }

    init(checked number: Int) { self.number = number }

    /// Its first second.
    public var start: SigningTime { SigningTime(checked: Int64(number) * 86_400) }

    /// The day so many days later, or earlier. Throws `invalidTime` beyond the years 1970 to 9999.
    public func advanced(by days: Int) throws(SigningError) -> SigningDay {
        let (sum, overflow) = number.addingReportingOverflow(days)
        return try SigningDay(number: overflow ? -1 : sum)
    }

    /// Earlier than.
    public static func < (left: SigningDay, right: SigningDay) -> Bool { left.number < right.number }

    /// Year, month and day of the Gregorian calendar, counted in years that begin in March so that the leap day comes
    /// last. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        let year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    /// The inverse of `civil`; nil for a date that does not exist or is out of range.
    init?(year: Int, month: Int, day: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        guard civil == (year, month, day) else { return nil }
    }
}

extension SigningDay: CustomStringConvertible {
    /// Eight digits, as in a credential scope: `20130524`.
    public var description: String {
        var writer = ByteWriter(capacity: 16)
        writer.append(self)
        return writer.string()
    }
}

extension ByteWriter {
    /// Appends eight digits: `20130524`.
    mutating func append(_ day: SigningDay) {
        let civil = day.civil
        append(civil.year, digits: 4)
        append(civil.month, digits: 2)
        append(civil.day, digits: 2)
    }
}
