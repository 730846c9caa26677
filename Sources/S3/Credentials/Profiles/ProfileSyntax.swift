/// Splits a file of the AWS command line into sections with their settings.
///
/// The dialect is the command line's, which is that of Python's RawConfigParser: `[section]`, then `name = value` or
/// `name: value`, names in any case; lines that begin with `#` or `;` are comments, but a `#` behind a value is part of it;
/// lines that are indented deeper than the setting above them continue its value. Where the value is empty they are a
/// group of settings of their own, none of which matters here. Of settings that come twice the later one counts.
struct ProfileSyntax: ContentHidden {
    /// The settings of each section, in the order of the file.
    private(set) var sections: [(name: String, settings: [String: String])] = []

    private var indentation = 0
    private var setting: String?

    /// Throws `incomplete`, naming the line but not showing it, for a line that is none of these.
    init(_ bytes: [UInt8], path: String) throws(CredentialsError) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let content = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw CredentialsError(.incomplete, "\(path) is not valid UTF-8 text")
        }
        for (index, line) in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            guard take(Substring(line)) else {
                throw CredentialsError(
                    .incomplete, "line \(index + 1) of \(path) is neither a section, a setting nor a comment")
            }
        }
    }

    private mutating func take(_ line: Substring) -> Bool {
        let text = line.trimmingASCIISpace()
        guard let first = text.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return true }
        let indentation = line.utf8.prefix { $0 == 0x20 || (0x09...0x0d).contains($0) }.count
        if let setting, indentation > self.indentation {
            continueValue(of: setting, with: text)
            return true
        }
        self.indentation = indentation
        if first == UInt8(ascii: "["), let end = text.utf8.lastIndex(of: UInt8(ascii: "]")) {
            sections.append((String(text[..<end].dropFirst()), [:]))
            setting = nil
            return true
        }
        return takeSetting(text)
    }

    private mutating func takeSetting(_ text: String) -> Bool {
        let isDelimiter: (UInt8) -> Bool = { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
        guard !sections.isEmpty, let delimiter = text.utf8.firstIndex(where: isDelimiter) else { return false }
        let name = text[..<delimiter].trimmingASCIISpace().lowercased()
        guard !name.isEmpty else { return false }
        let value = Substring(text.utf8[delimiter...].dropFirst()).trimmingASCIISpace()
        sections[sections.count - 1].settings[name] = value
        setting = name
        return true
    }

    private mutating func continueValue(of setting: String, with text: String) {
        let value = sections[sections.count - 1].settings[setting] ?? ""
        if !value.isEmpty { sections[sections.count - 1].settings[setting] = value + "\n" + text }
    }
}
