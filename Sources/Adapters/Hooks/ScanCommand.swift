public import Core

/// Scans by the command in `S3CACHE_SCAN_COMMAND`, which gets the bytes on its standard input: exit status 0 lets them pass, 1
/// refuses them, as `clamdscan -` has it, and every other one says that it could not tell.
public struct ScanCommand: ContentScanner {
    private let command: HookCommand

    /// The command that the worker's environment names; nil where it names none. It may take `limit`, and one second for each
    /// MiB. Throws `JobFailure` where that is no command.
    public init?(environment: [String: String], limit: Duration = .seconds(120)) throws(JobFailure) {
        guard let command = try HookCommand("S3CACHE_SCAN_COMMAND", in: environment, limit: limit) else { return nil }
        self.command = command
    }

    /// Runs the command with the bytes on its standard input. Throws `JobFailure` with code `scan_refused` or `scan_failed`, and
    /// what `next` throws.
    public func scan(_ object: HookedObject, next: @escaping @Sendable () async throws -> [UInt8]?) async throws {
        let extra: Duration = .seconds((object.size ?? 0) >> 20)
        switch try await command.status(for: object, code: "scan_failed", extra: extra, input: next) {
        case 0: return
        case 1:
            throw JobFailure(
                code: "scan_refused",
                message: "The scanner refuses the object \(object.key.quoted): nothing of it was stored.",
                isRetryable: false)
        case let status:
            throw command.failure("scan_failed", "ended with status \(status), so nobody knows what is in the object")
        }
    }
}
