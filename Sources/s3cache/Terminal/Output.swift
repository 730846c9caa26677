internal import Foundation
internal import Glibc
internal import Synchronization

/// What the commands print: results on stdout, everything else on stderr.
///
/// Where these are a terminal, lines come above the one that is drawn again and again.
enum Output {
    private static let live = Mutex(LiveLine())

    /// A line of a result.
    static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// A part of a result that is no text; false if nobody reads on.
    static func bytes(_ bytes: [UInt8]) throws -> Bool { try bytes.writeAll(to: STDOUT_FILENO) }

    /// A line about what is going on, or why it did not.
    static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Puts a text in place of the terminal's last line; an empty one leaves that clean. Nothing where stderr is no terminal.
    static func redraw(_ text: String) {
        guard isTerminal(STDERR_FILENO) else { return }
        live.withLock { live in
            guard live.isShown || !text.isEmpty else { return }
            send(live.draw(text, width: columns()), to: STDERR_FILENO)
        }
    }

    /// Takes the `^C` away that a terminal has echoed, and the line that is drawn again and again.
    static func eraseEcho() {
        guard isTerminal(STDERR_FILENO) else { return }
        redraw("")
        send("\r\u{1B}[K", to: STDERR_FILENO)
    }

    /// Ends the program with 130 where nothing is left half done. For handlers of signals.
    static func leaveInterrupted() -> Never {
        if isTerminal(STDERR_FILENO) {
            let erased: StaticString = "\r\u{1B}[K"
            _ = Glibc.write(STDERR_FILENO, erased.utf8Start, erased.utf8CodeUnitCount)
        }
        _exit(130)
    }

    /// Has the program end with 130 after 15 seconds, however far it is by then.
    static func leaveSoon() {
        signal(SIGALRM) { _ in Output.leaveInterrupted() }
        alarm(15)
    }

    /// The width of the terminal.
    static func columns() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whether somebody looks at it.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

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

    private static func write(_ text: String, to descriptor: Int32) {
        live.withLock { live in
            guard live.isShown, isTerminal(descriptor) else { return send(text, to: descriptor) }
            send(live.above(text, width: columns()), to: descriptor)
        }
    }

    private static func send(_ text: String, to descriptor: Int32) {
        // A closed pipe ends the program's output, not the program.
        try? FileHandle(fileDescriptor: descriptor).write(contentsOf: Data(text.utf8))
    }
}
