/// Text as it stands between two tags.
enum XMLEscaping {
    /// With references for the characters that mean something in XML.
    static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether every server can read it: without control characters, which XML does not allow or changes on the way, and
    /// without the two code points that are no characters (XML 1.0, 2.2).
    static func isSafe(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar != "\u{FFFE}"
                && scalar != "\u{FFFF}"
                && scalar != "\u{2028}"
        }
    }
}
