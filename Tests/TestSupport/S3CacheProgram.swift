import Foundation

/// The program `s3cache` as it was built together with the tests.
public enum S3CacheProgram {
    /// Starts it.
    ///
    /// Of this process's environment it gets the `PG*` variables and what any program needs, nothing that would configure
    /// s3cache or name credentials; `environment` comes on top.
    ///
    /// ```swift
    /// let worker = try S3CacheProgram.start(["worker"], environment: database.environment)
    /// worker.kill()
    /// ```
    public static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            name.hasPrefix("PG") || plainVariables.contains(name)
        }
        return try ChildProcess(
            path: try path(), arguments: arguments, environment: inherited.merging(environment) { _, own in own })
    }

    /// Starts it and waits for its end.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], deadline: Duration = .seconds(240)
    ) async throws -> (exit: ProcessExit, process: ChildProcess) {
        let process = try start(arguments, environment: environment)
        return (try await process.waitForExit(deadline: deadline), process)
    }

    private static let plainVariables: Set<String> = ["PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "TZ"]

    /// `S3CACHE_BINARY`, else the program beside the test bundle.
    private static func path() throws -> String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path =
            ProcessInfo.processInfo.environment["S3CACHE_BINARY"]
            ?? own.deletingLastPathComponent().appending(path: "s3cache").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestFailure("there is no program at \(path): build it, or name it in S3CACHE_BINARY")
        }
        return path
    }
}
