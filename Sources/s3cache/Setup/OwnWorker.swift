internal import Adapters
internal import ArgumentParser
internal import Core
internal import Foundation
internal import Glibc
internal import Logging
internal import UnixSignals
internal import Worker

/// A worker inside of a command, which runs the jobs that the command pins to it, and no others.
struct OwnWorker: Sendable {
    /// Its name in `s3cache.workers`.
    var name: String
    /// How many jobs run at once.
    var concurrency: Int
    /// The files that its jobs may upload.
    var files: any LocalFiles
    /// Whether it changes nothing, whatever its jobs say.
    var isDryRun = false

    /// The files below S3CACHE_FILE_ROOTS, or else below the current directory. Throws `StoreError` for roots that are none.
    static func filesHere() throws -> any LocalFiles {
        let roots = ProcessInfo.processInfo.environment["S3CACHE_FILE_ROOTS", default: ""]
        return try FileRoots(roots.isEmpty ? FileManager.default.currentDirectoryPath : roots)
    }

    /// Runs `body` with the worker's identity beside the worker, which leaves when `body` has ended.
    ///
    /// Throws `ExitCode(130)` after SIGINT or SIGTERM: running jobs are stopped at once, and whoever claims next cancels those that
    /// are pinned to it. Where that takes longer than 15 seconds, as with a database that does not answer, and with a second signal, the
    /// program ends as it is.
    func run<Result: Sendable>(
        observe: @escaping Observe = { _ in }, _ body: @escaping @Sendable (_ worker: Int64) async throws -> Result
    ) async throws -> Result {
        let (workers, registered) = AsyncStream.makeStream(of: Int64.self)
        var logger = Logger(label: "s3cache") { StreamLogHandler.standardError(label: $0) }
        // What its jobs fail with the command tells itself.
        logger.logLevel = .critical
        let log = LogObserver(logger: logger)
        var settings = WorkerSettings()
        settings.concurrency = concurrency
        settings.grace = .zero
        settings.isDryRun = isDryRun
        // An interrupt ends it soon, also where somebody holds a row.
        settings.settleTime = .zero
        let graph = try WorkerGraph(settings: settings, name: "\(name):\(getpid())", ownFiles: files) { observation in
            if case .workerStarted(let worker, _) = observation { registered.yield(worker.rawValue) }
            log(observation)
            observe(observation)
        }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let result = try await withThrowingTaskGroup(of: Part<Result>.self) { group in
            group.addTask {
                try await graph.runner.run()
                return .left
            }
            group.addTask {
                var isFirst = true
                for await _ in signals {
                    if !isFirst { Output.leaveInterrupted() }
                    isFirst = false
                    Output.leaveSoon()
                    await graph.runner.beginDraining()
                }
                return .deaf
            }
            group.addTask {
                for await worker in workers {
                    do { return .done(.success(try await body(worker))) } catch { return .done(.failure(error)) }
                }
                return .deaf
            }
            defer { group.cancelAll() }
            var result: Swift.Result<Result, any Error>?
            for try await part in group {
                switch part {
                case .deaf: continue
                // Without a result it was interrupted.
                case .left: return try result?.get()
                case .done(let outcome):
                    result = outcome
                    await graph.runner.beginDraining()
                }
            }
            return try result?.get()
        }
        registered.finish()
        await graph.close()
        guard let result else {
            Output.eraseEcho()
            throw ExitCode(130)
        }
        return result
    }

    private enum Part<Result: Sendable>: Sendable {
        /// The worker has stopped.
        case left
        /// The command's own work has ended.
        case done(Swift.Result<Result, any Error>)
        /// There is nothing more to hear.
        case deaf
    }
}
