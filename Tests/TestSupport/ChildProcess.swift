import Foundation
import Synchronization

/// A program that a test started: in the test's process group, its output in files, and never alive for longer than this
/// object.
public final class ChildProcess: Sendable {
    /// The number of its process.
    public let pid: Int32
    private let directory: TemporaryDirectory
    private let knownExit = Mutex<ProcessExit?>(nil)

    /// Starts the program at `path` with exactly this environment.
    public init(path: String, arguments: [String], environment: [String: String]) throws {
        directory = try TemporaryDirectory()
        let variables = environment.map { "\($0.key)=\($0.value)" }
        pid = try Self.spawn(
            path, [path] + arguments, variables,
            output: directory.path(of: "stdout"), errors: directory.path(of: "stderr"))
    }

    deinit {
        kill()
        while exit == nil {
            usleep(1_000)
        }
    }

    /// How it ended; nil while it runs.
    public var exit: ProcessExit? {
        knownExit.withLock { exit in
            var status: Int32 = 0
            if exit == nil, waitpid(pid, &status, WNOHANG) == pid {
                exit = ProcessExit(waitStatus: status)
            }
            return exit
        }
    }

    /// Ends it at once, without giving it a chance to clean up (SIGKILL).
    public func kill() {
        send(SIGKILL)
    }

    /// Sends a signal; does nothing once it has ended.
    public func send(_ signal: Int32) {
        // Until it is waited for, its number belongs to no other process.
        guard exit == nil else { return }
        knownExit.withLock { exit in
            if exit == nil { _ = Foundation.kill(pid, signal) }
        }
    }

    /// Waits for its end. Throws `TestFailure`, with the end of what it wrote, when that takes longer than `deadline`.
    @discardableResult
    public func waitForExit(deadline: Duration = .seconds(240)) async throws -> ProcessExit {
        do {
            try await waitUntil(deadline: deadline, "the end of process \(pid)") { exit != nil }
        } catch let failure as TestFailure {
            throw TestFailure("\(failure); it wrote: \(standardOutput.suffix(500)) \(standardError.suffix(2_000))")
        }
        guard let exit else { throw TestFailure("process \(pid) has not ended") }
        return exit
    }

    /// What it has written to its standard output until now.
    public var standardOutput: String { text(of: "stdout") }

    /// What it has written to its standard error until now.
    public var standardError: String { text(of: "stderr") }

    /// The same, byte for byte.
    public var standardOutputBytes: [UInt8] { Array(data(of: "stdout")) }

    private func text(of file: String) -> String { String(decoding: data(of: file), as: UTF8.self) }

    private func data(of file: String) -> Data {
        FileManager.default.contents(atPath: directory.path(of: file)) ?? Data()
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ variables: [String], output: String, errors: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, flags, 0o600)

        let argumentPointers = arguments.map { strdup($0) }
        let variablePointers = variables.map { strdup($0) }
        defer { (argumentPointers + variablePointers).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, nil, argumentPointers + [nil], variablePointers + [nil])
        guard code == 0 else { throw TestFailure("\(path) cannot be started: \(String(cString: strerror(code)))") }
        return pid
    }
}
