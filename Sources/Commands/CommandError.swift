/// Why a program did not run to its end. Never shows a command: its arguments may hold secrets.
package enum CommandError: Error, Hashable, Sendable {
    /// The text is no command; behind its name in a sentence, this says what is wrong.
    case malformed(String)
    /// There is no such program, or it may not be run.
    case cannotRun
    /// It was ended because it took longer than it may.
    case tookTooLong
    /// It was ended because it printed more than it may.
    case printedTooMuch
}
