/// Many names on a command line as one argument: the parser's time grows with the square of the number of arguments, and thousands
/// of files would take it minutes.
enum PackedArguments {
    /// What no argument of a program can hold.
    private static let separator: Character = "\0"
    /// How many arguments may stand beside each other unpacked.
    private static let limit = 64

    /// The arguments, with each long run of such that are no options packed into one, but for the first two: these may be a command,
    /// or the value of an option.
    static func pack(_ arguments: [String]) -> [String] {
        guard arguments.count > limit else { return arguments }
        var packed: [String] = []
        var run: [String] = []
        func end() {
            if run.count > limit {
                packed += run.prefix(2)
                packed.append(run.dropFirst(2).map { String(separator) + $0 }.joined())
            } else {
                packed += run
            }
            run = []
        }
        for argument in arguments {
            if argument.utf8.first == UInt8(ascii: "-") {
                end()
                packed.append(argument)
            } else {
                run.append(argument)
            }
        }
        end()
        return packed
    }

    /// The names as they were given.
    static func unpack(_ arguments: [String]) -> [String] {
        arguments.flatMap { argument in
            guard argument.first == separator else { return [argument] }
            return argument.dropFirst().split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        }
    }
}
