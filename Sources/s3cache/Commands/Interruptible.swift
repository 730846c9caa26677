internal import ArgumentParser
internal import Glibc
internal import UnixSignals

/// What commands that must leave nothing half done have in common: an interrupt cancels their work and waits for its end.
enum Interruptible {
    /// Runs the work. SIGINT or SIGTERM cancel it; when it has cleaned up, this throws the exit code 130. A second signal
    /// ends the program at once.
    static func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Void.self) { watch in
            watch.addTask {
                var isFirst = true
                for await _ in signals {
                    if !isFirst { _exit(130) }
                    isFirst = false
                    interrupt.finish()
                }
            }
            defer { watch.cancelAll() }
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    for await _ in interrupts {}
                    return nil
                }
                let first = try await group.next()
                group.cancelAll()
                if let result = first ?? nil { return result }
                while let ended = await group.nextResult() {
                    if case .failure(let error) = ended, !(error is CancellationError) { throw error }
                }
                throw ExitCode(130)
            }
        }
    }
}
