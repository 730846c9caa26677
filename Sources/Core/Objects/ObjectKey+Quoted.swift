extension ObjectKey {
    /// The key as messages show it: in double quotes, cut after 1,024 characters, with everything that could garble a
    /// terminal or a log line (control characters, line separators, changes of writing direction) as `\u{…}`.
    public var quoted: String {
        var text = "\""
        var count = 0
        for scalar in string.unicodeScalars {
            guard count < Self.maximumLength else {
                text += "…"
                break
            }
            count += 1
            switch scalar {
            case "\"", "\\":
                text += "\\"
                text.unicodeScalars.append(scalar)
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
