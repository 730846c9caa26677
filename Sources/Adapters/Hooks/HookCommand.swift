internal import Commands
internal import Core

/// A command that the worker's operator has named in an environment variable.
struct HookCommand: Sendable {
    private let command: Command
    /// The variable that names it.
    let variable: String
    private let limit: Duration
    private let inherited: [String: String]

    /// What of the worker's environment a command gets; no secret is among it.
    private static let passed = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"]

    /// The command that `environment` names; nil where it names none. Throws `JobFailure` where that is no command.
    init?(_ variable: String, in environment: [String: String], limit: Duration) throws(JobFailure) {
        guard let text = environment[variable], !text.isEmpty else { return nil }
        do throws(CommandError) {
            command = try Command(text)
        } catch {
            let problem = if case .malformed(let problem) = error { problem } else { "is not a command" }
            throw JobFailure(
                code: "configuration_invalid", message: "\(variable) \(problem), or unset it.", isRetryable: false)
        }
        guard command.exists(path: environment["PATH"]) else {
            throw JobFailure(
                code: "configuration_invalid",
                message:
                    "\(variable) names a program that is not there or may not be run: name one by its absolute path, or "
                    + "unset it.",
                isRetryable: false)
        }
        self.variable = variable
        self.limit = limit
        inherited = environment.filter { Self.passed.contains($0.key) }
    }

    /// Runs it for an object and gives its exit status; it may take `extra` more time than others.
    ///
    /// Throws `JobFailure` with this code where it gave none, and what `input` throws.
    func status(
        for object: HookedObject, code: String, extra: Duration = .zero, input: @escaping Command.Input = { nil }
    ) async throws -> Int {
        do {
            switch try await command.run(environment: variables(of: object), limit: limit + extra, input: input) {
            case .exited(let status): return status
            case .signalled(let signal): throw failure(code, "was ended by signal \(signal)")
            }
        } catch let error as CommandError {
            throw failure(
                code,
                error == .tookTooLong
                    ? "took longer than \((limit + extra) / .seconds(1)) s and was ended"
                    : "cannot be run: check that the program exists, by an absolute path at best")
        }
    }

    /// A failure of the command itself, which may be a passing one.
    func failure(_ code: String, _ problem: String) -> JobFailure {
        JobFailure(code: code, message: "The command of \(variable) \(problem).", isRetryable: true)
    }

    private func variables(of object: HookedObject) -> [String: String] {
        var variables = inherited
        variables["S3CACHE_CACHE"] = object.cache
        variables["S3CACHE_BUCKET"] = object.bucket
        variables["S3CACHE_KEY"] = object.key.string
        variables["S3CACHE_URL"] = object.url
        variables["S3CACHE_CONTENT_TYPE"] = object.contentType
        variables["S3CACHE_SIZE"] = object.size.map { "\($0)" }
        return variables
    }
}
