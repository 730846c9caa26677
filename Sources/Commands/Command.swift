internal import Glibc
internal import Subprocess

/// A program of this machine with its arguments, to be run without a shell.
package struct Command: Sendable {
    private let program: String
    private let arguments: [String]

    /// The next bytes for a program's standard input; nil behind the last.
    package typealias Input = @Sendable () async throws -> [UInt8]?

    /// What `ShellWords` makes of a text. Throws `CommandError.malformed` where that is no command.
    package init(_ text: String) throws(CommandError) {
        guard let words = ShellWords.split(text), let program = words.first, !program.isEmpty else {
            throw .malformed("is not a command: check its quotes")
        }
        guard !words.contains(where: { $0.utf8.contains(0) }) else { throw .malformed("has a null character in it") }
        self.program = program
        arguments = Array(words.dropFirst())
    }

    /// Runs the program to its end and gives what it printed. It has no input. Throws `CommandError`, which is
    /// `.printedTooMuch` above so many bytes, and `CancellationError`.
    package func output(
        environment: [String: String], limit: Duration, bytes: Int
    ) async throws -> (end: CommandEnd, bytes: [UInt8]) {
        try await bounded(by: limit) {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: Self.environment(environment),
                platformOptions: Self.options, output: .bytes(limit: bytes))
            return (CommandEnd(result.terminationStatus), result.standardOutput)
        }
    }

    /// Runs the program to its end and gives how it ended; what it prints is discarded. One that closes its input early is
    /// given no more. Throws `CommandError`, `CancellationError` and what `input` throws.
    package func run(
        environment: [String: String], limit: Duration, input: @escaping Input = { nil }
    ) async throws -> CommandEnd {
        _ = Self.brokenPipesAreErrors
        return try await bounded(by: limit) {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: Self.environment(environment),
                platformOptions: Self.options, input: .inputWriter, output: .discarded, error: .discarded
            ) { execution in
                try await Self.feed(execution.standardInputWriter, input)
            }
            return CommandEnd(result.terminationStatus)
        }
    }

    /// Whether there is such a program: a path to something that may be run, or a name that one of the folders of `path` has,
    /// which are divided by colons. A directory counts as one; running it fails.
    package func exists(path: String?) -> Bool {
        guard !program.utf8.contains(UInt8(ascii: "/")) else { return access(program, X_OK) == 0 }
        return (path ?? "").split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    private static func feed(_ writer: StandardInputWriter, _ input: Input) async throws {
        var isOpen = true
        while isOpen, let bytes = try await input() { isOpen = await write(bytes, to: writer) }
        try Task.checkCancellation()
    }

    /// False where the program takes no more.
    private static func write(_ bytes: [UInt8], to writer: StandardInputWriter) async -> Bool {
        do {
            _ = try await writer.write(bytes)
            return true
        } catch {
            return false
        }
    }

    private var executable: Executable {
        program.utf8.contains(UInt8(ascii: "/")) ? .path(.init(program)) : .name(program)
    }

    /// By default it would end this process if a program closes its input early.
    private static let brokenPipesAreErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    private static func environment(_ variables: [String: String]) -> Environment {
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables {
            if let key = Environment.Key(rawValue: name) { environment[key] = value }
        }
        return .custom(environment)
    }

    /// A group of its own, so that what the program started ends with it; the last step is SIGKILL.
    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        return options
    }

    /// The program, or the clock: whichever ends first. Nil in the group is the clock.
    private func bounded<Outcome: Sendable>(
        by limit: Duration, _ body: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        let outcome = try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                do {
                    return try await body()
                } catch let error as SubprocessError {
                    try Task.checkCancellation()
                    throw error.code == .outputLimitExceeded ? CommandError.printedTooMuch : .cannotRun
                }
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let outcome else { throw CommandError.tookTooLong }
        return outcome
    }
}
