public import Core

/// Purges by the command in `S3CACHE_PURGE_COMMAND`, which finds the object in its environment: `S3CACHE_URL`, `S3CACHE_KEY`
/// and others. Exit status 0 is success.
public struct PurgeCommand: CDNPurger {
    private let command: HookCommand

    /// The command that the worker's environment names; nil where it names none. It may take `limit`. Throws `JobFailure` where
    /// that is no command.
    public init?(environment: [String: String], limit: Duration = .seconds(30)) throws(JobFailure) {
        guard let command = try HookCommand("S3CACHE_PURGE_COMMAND", in: environment, limit: limit) else { return nil }
        self.command = command
    }

    /// Runs the command; exit status 0 is success. Throws `JobFailure` with code `purge_failed`.
    public func purge(_ object: HookedObject) async throws {
        let status = try await command.status(for: object, code: "purge_failed")
        guard status == 0 else { throw command.failure("purge_failed", "ended with status \(status)") }
    }
}
