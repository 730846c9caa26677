/// Why the program does not start: what is wrong with an argument, and what it takes.
struct OptionError: Error, CustomStringConvertible {
    /// What went wrong.
    enum Code: Sendable, Equatable {
        /// There is no such option.
        case unknownOption
        /// An option has no value behind it.
        case missingValue
        /// The value is none that the option takes.
        case invalidValue
    }

    let code: Code
    let description: String
}
