/// The shape of a bucket's keys.
enum Distribution: String, CaseIterable {
    /// Random UUIDs with nothing before them.
    case uuid
    /// 32 hexadecimal digits under one long prefix.
    case hashPrefix = "hash-prefix"
    /// Numbers with leading zeros, without a gap.
    case sequential
    /// Folders of the hours of two years, some of which hold far more than others.
    case dates
    /// Folders whose sizes follow Zipf's law.
    case directories
    /// Names in many scripts, of one to four bytes a character, and up to 1,023 bytes long.
    case unicode
}
