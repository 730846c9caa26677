internal import Glibc

/// The line at the end of a terminal that is drawn again and again, below all that is printed for good.
///
/// What it gives is to be written to the terminal as it is.
struct LiveLine {
    private var shown = ""

    /// Puts a text in the line's place, cut to the terminal's width; an empty one takes the line away.
    mutating func draw(_ text: String, width: Int) -> String {
        let next = text.fitted(to: Self.room(in: width))
        let erased = erase(width: width)
        shown = next
        return erased + next
    }

    /// Prints something for good, above the line.
    mutating func above(_ text: String, width: Int) -> String {
        let erased = erase(width: width)
        return erased + text + shown.fitted(to: Self.room(in: width))
    }

    /// How many columns it may take. A character in the last one would make some terminals begin a new line, and an interrupt is
    /// echoed as `^C` behind it.
    static func room(in width: Int) -> Int { max(0, width - 3) }

    /// Whether there is one.
    var isShown: Bool { !shown.isEmpty }

    /// Where the terminal has become narrower, it has broken the line into several.
    private func erase(width: Int) -> String {
        guard isShown else { return "" }
        let above = shown.columns / max(1, width)
        // Terminals that keep what scrolls away keep what is erased down to the end of the screen, too.
        return above > 0 ? "\r\u{1B}[\(above)A\u{1B}[J" : "\r\u{1B}[K"
    }
}
