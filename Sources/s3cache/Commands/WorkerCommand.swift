internal import Adapters
internal import ArgumentParser
internal import Core
internal import CoreMetrics
internal import Glibc
internal import Logging
internal import UnixSignals
internal import Worker

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run jobs until SIGTERM.",
        discussion: """
            SIGTERM lets running jobs end and then exits 0, Ctrl-C likewise with 130; a second one exits at once, and \
            another worker takes the jobs over when the lease has ended. Any number of workers may run, on any number of machines. Examples:
              s3cache worker
              s3cache worker --concurrency 8 --memory-budget 512
              s3cache worker --once
            """)

    @Flag(help: "Run what is queued, then exit.")
    var once = false
    @Option(help: "How many jobs run at once, 1 to 64.")
    var concurrency = 4
    @Option(
        name: .customLong("memory-budget"),
        help: "How many MiB uploads, fetches and reads may hold together, 32 to 1048576; what does not fit waits.")
    var memoryBudget = 256
    @Option(help: "Seconds without a sign of life after which the worker counts as dead, 1 to 3600.")
    var lease = 30
    @Option(
        name: .customLong("write-timeout"),
        help: "Seconds that a write to the bucket may take, besides one for each 256 KiB, 1 to 3600.")
    var writeTimeout = 60
    @Option(help: "Seconds that running jobs may take after SIGTERM before they are handed back.")
    var grace = 30
    @Option(
        name: .customLong("slice-size"), help: "How many listed objects a rebuild compares at once, 1000 to 1000000.")
    var sliceSize = 20_000
    @Option(
        name: .customLong("list-concurrency"),
        help: "How many pages of a bucket one rebuild asks for at once, 1 to 256.")
    var listConcurrency = 64
    @Option(
        name: .customLong("share-from"),
        help: "From how many listed objects on a rebuild asks other workers to help it to list, 1 to 1000000000.")
    var sharedFrom = 50_000
    @Option(name: .customLong("keep-history"), help: "How many days ended jobs are remembered, 1 to 3650.")
    var historyDays = 30
    @Option(help: "The worker's name in s3cache.workers; host and process id by default.")
    var name: String?
    @Option(
        name: .customLong("log-level"), help: "trace, debug, info, notice, warning or error.",
        completion: .list(["trace", "debug", "info", "notice", "warning", "error"]))
    var logLevel = "info"

    func validate() throws {
        guard (1...64).contains(concurrency) else { throw ValidationError("--concurrency takes 1 to 64.") }
        guard (32...1_048_576).contains(memoryBudget) else {
            throw ValidationError("--memory-budget takes 32 to 1048576 MiB.")
        }
        guard (1...3600).contains(lease) else { throw ValidationError("--lease takes 1 to 3600 seconds.") }
        guard (1...3600).contains(writeTimeout) else {
            throw ValidationError("--write-timeout takes 1 to 3600 seconds.")
        }
        guard (0...86_400).contains(grace) else { throw ValidationError("--grace takes 0 to 86400 seconds.") }
        guard (1000...1_000_000).contains(sliceSize) else {
            throw ValidationError("--slice-size takes 1000 to 1000000.")
        }
        guard (1...256).contains(listConcurrency) else { throw ValidationError("--list-concurrency takes 1 to 256.") }
        guard (1...1_000_000_000).contains(sharedFrom) else {
            throw ValidationError("--share-from takes 1 to 1000000000.")
        }
        guard (1...3650).contains(historyDays) else { throw ValidationError("--keep-history takes 1 to 3650 days.") }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level takes trace, debug, info, notice, warning or error.")
        }
    }

    func run() async throws {
        var settings = WorkerSettings()
        settings.concurrency = concurrency
        settings.memoryBudget = memoryBudget << 20
        settings.lease = .seconds(lease)
        settings.writeTimeout = .seconds(writeTimeout)
        settings.grace = .seconds(grace)
        settings.sliceSize = sliceSize
        settings.listConcurrency = listConcurrency
        settings.sharedFrom = sharedFrom
        settings.historyKept = .seconds(historyDays * 86_400)

        var logger = Logger(label: "s3cache") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let log = LogObserver(logger: logger)
        let count = MetricsObserver(factory: MetricsSystem.factory)
        let observe: Observe = { observation in
            log(observation)
            count(observation)
        }

        // Says what is wrong with the database before anything is tried in it.
        try await warnIfHeld()
        let graph = try WorkerGraph(settings: settings, name: name, once: once, observe: observe)
        if graph.isDryRun {
            logger.warning(
                "DRY_RUN is on: nothing is written to buckets, and jobs end as done with what they would have done")
        }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let interrupted = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await graph.runner.run(once: once)
                return false
            }
            group.addTask {
                var first: UnixSignal?
                for await signal in signals {
                    if first != nil { _exit(130) }
                    first = signal
                    await graph.runner.beginDraining()
                }
                return first == .sigint
            }
            _ = try await group.next()
            group.cancelAll()
            return try await group.next() ?? false
        }
        await graph.close()
        if interrupted { throw ExitCode(130) }
    }

    private func warnIfHeld() async throws {
        let connection = try await Database.connect()
        let isAtHome: Bool = try await connection.query("select s3cache.at_home() as home").only["home"]
        await connection.close()
        if !isAtHome {
            Output.error(
                "This database was restored from a dump or copied: the worker runs nothing until SELECT s3cache.resume();"
            )
        }
    }
}
