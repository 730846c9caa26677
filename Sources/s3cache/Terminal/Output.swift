internal import Foundation
internal import Glibc

/// What the commands print: results on stdout, everything else on stderr.
enum Output {
    /// A line of a result.
    static func line(_ text: String) { write(text + "\n", to: .standardOutput) }

    /// A part of a result that is no text; false if nobody reads on.
    static func bytes(_ bytes: [UInt8]) throws -> Bool { try bytes.writeAll(to: STDOUT_FILENO) }

    /// A line about what is going on, or why it did not.
    static func error(_ text: String) { write(text + "\n", to: .standardError) }

    /// Puts a text in place of the terminal's last line.
    static func redraw(_ text: String) { write("\r\u{1B}[K" + text, to: .standardError) }

    /// One JSON document, the whole of stdout.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A count with thousands separators.
    static func count(_ number: some BinaryInteger) -> String {
        var digits = String(number.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (number < 0 ? "-" : "") + ([digits[...]] + groups).joined(separator: ",")
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A closed pipe ends the program's output, not the program.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
