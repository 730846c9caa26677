/// How much room text takes on a terminal.
extension String {
    /// Columns: East Asian characters and emoji take two.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// As much of its beginning as fits, with `…` where something is missing. What would move the cursor is left out.
    func fitted(to columns: Int) -> String {
        let text = filter { !$0.movesCursor }
        guard text.columns > columns else { return text }
        var room = columns - 1
        guard room >= 0 else { return "" }
        let beginning = text.prefix {
            room -= $0.columns
            return room >= 0
        }
        return String(beginning) + "…"
    }
}

extension Character {
    fileprivate var movesCursor: Bool {
        unicodeScalars.contains {
            [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
    }

    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return Self.wide.contains { $0.contains(first.value) } ? 2 : 1
        }
    }

    /// Unicode Standard Annex 11, in large.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
