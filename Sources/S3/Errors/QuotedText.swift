/// A name as messages show it.
enum QuotedText {
    /// In double quotes, cut after 1,024 characters, with everything that could garble a terminal or a log line (control
    /// characters, line separators, changes of writing direction) as `\u{…}`.
    static func quote(_ text: String) -> String {
        var quoted = "\""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < 1024 else {
                quoted += "…"
                break
            }
            count += 1
            switch scalar {
            case "\"", "\\":
                quoted += "\\"
                quoted.unicodeScalars.append(scalar)
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}",
                "\u{2066}"..."\u{2069}":
                quoted += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// What a server calls something, if it is a word that may be shown: printable ASCII without white space, not endless.
    static func word(_ text: String?, limit: Int = 128) -> String? {
        guard let text, (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return text
    }
}
