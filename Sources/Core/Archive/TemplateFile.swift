/// What a file tells to a key template.
public struct TemplateFile: Hashable, Sendable {
    /// Its own name.
    public var name: String
    /// The extension of what it is, without the dot; nil where that has none.
    public var fileExtension: String?
    /// When it was last changed.
    public var modifiedAt: Timestamp
    /// The MD5 of its bytes; nil where the system has none.
    public var md5: [UInt8]?
    /// Their SHA-256.
    public var sha256: [UInt8]

    /// A file.
    public init(name: String, fileExtension: String?, modifiedAt: Timestamp, md5: [UInt8]?, sha256: [UInt8]) {
        self.name = name
        self.fileExtension = fileExtension
        self.modifiedAt = modifiedAt
        self.md5 = md5
        self.sha256 = sha256
    }

    /// What stands for a placeholder; nil for one that is none, or that the file does not tell.
    func value(of placeholder: Substring) -> String? {
        let parts = placeholder.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let form = parts.count == 2 ? parts[1] : nil
        switch (parts.first, form) {
        case ("file", nil): return name
        case ("ext", nil): return fileExtension
        case ("md5", let length): return Self.digits(md5, length)
        case ("sha256", let length): return Self.digits(sha256, length)
        case ("mtime", let part?), ("date", let part?): return Self.part(part, of: modifiedAt)
        default: return nil
        }
    }

    private static func digits(_ digest: [UInt8]?, _ length: Substring?) -> String? {
        guard let digits = digest?.hexadecimal else { return nil }
        guard let length else { return digits }
        guard let count = Int(length), (1...digits.utf8.count).contains(count) else { return nil }
        return String(digits.prefix(count))
    }

    private static func part(_ name: Substring, of time: Timestamp) -> String? {
        // From days since 1970 to year, month and day: H. Hinnant, chrono-Compatible Low-Level Date Algorithms.
        let seconds = Int((time.wholeSecond.microseconds) / 1_000_000)
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let clock = seconds - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        switch name {
        case "YYYY": return padded(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4)
        case "MM": return padded(month, 2)
        case "DD": return padded(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2)
        case "HH": return padded(clock / 3_600, 2)
        case "MI": return padded(clock / 60 % 60, 2)
        case "SS": return padded(clock % 60, 2)
        default: return nil
        }
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
